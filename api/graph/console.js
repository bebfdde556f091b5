// Opens GraphiQL on this page's own address, with the ready examples as tabs.
"use strict";

{
  const examples = JSON.parse(document.getElementById("examples").textContent);
  const fetcher = GraphiQL.createFetcher({ url: window.location.pathname });
  // A namespace of its own: other pages of this host may keep things in the same storage.
  const storage = {
    get length() { return localStorage.length; },
    getItem: (key) => localStorage.getItem(`suyuan:${key}`),
    setItem: (key, value) => localStorage.setItem(`suyuan:${key}`, value),
    removeItem: (key) => localStorage.removeItem(`suyuan:${key}`),
    clear: () => {},
  };
  ReactDOM.createRoot(document.getElementById("console")).render(
    React.createElement(GraphiQL, { fetcher, storage, defaultTabs: examples }),
  );
}
