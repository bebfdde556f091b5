// What the server would not do, in the page's language (RFC 9457 with our `message`).

export class Refused extends Error {
  /** @param {{status?: number, code?: string, detail?: string, message?: {zh: string, en: string}}} problem */
  constructor(problem) {
    const english = globalThis.document?.documentElement.lang.startsWith("en");
    super(problem.message?.[english ? "en" : "zh"] ?? problem.detail ?? problem.code);
    this.code = problem.code;
    this.status = problem.status;
    this.problem = problem;
  }

  /** @param {Response} answer */
  static async from(answer) {
    const problem = await answer.json().catch(() => ({}));
    return new Refused({ status: answer.status, code: `http-${answer.status}`, ...problem });
  }
}
