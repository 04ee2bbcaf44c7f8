// A new address of the page that is shown already takes the place of the old one; another page is a new entry.
{
  const push = history.pushState;
  history.pushState = function (state, unused, url) {
    const isSamePage = url != null && new URL(url, location.href).pathname === location.pathname;
    (isSamePage ? history.replaceState : push).call(this, state, unused, url);
  };
}
