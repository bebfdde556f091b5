"""The pages: server-rendered HTML for people; a module a page, templates that only show."""
