# SPDX-License-Identifier: Apache-2.0
"""Deletes an account as its owner does in a browser: delete_self.py REALM_URL USERNAME (password pw)."""

import html
import http.cookiejar
import re
import sys
import urllib.error
import urllib.parse
import urllib.request


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """The last answer leads to the portal, where nobody listens."""

    def redirect_request(self, request, fp, code, message, headers, url):
        if url.startswith("http://127.0.0.1/done"):
            return None
        return super().redirect_request(request, fp, code, message, headers, url)


def form_action(page):
    """Where the page's form goes."""
    found = re.search(r'<form[^>]*action="([^"]+)"', page)
    if not found:
        sys.exit("no form in: " + page[:300])
    return html.unescape(found.group(1))


def main():
    realm, user = sys.argv[1:]
    jar = http.cookiejar.CookieJar(
        http.cookiejar.DefaultCookiePolicy(secure_protocols=("https", "http")))
    browser = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar), NoRedirect())

    def post(url, **fields):
        try:
            return browser.open(url, urllib.parse.urlencode(fields).encode()).read().decode()
        except urllib.error.HTTPError as answer:
            if answer.code not in (302, 303):
                raise
            return ""

    query = urllib.parse.urlencode({
        "client_id": "portal", "response_type": "code", "scope": "openid",
        "redirect_uri": "http://127.0.0.1/done", "kc_action": "delete_account"})
    login = browser.open(realm + "/protocol/openid-connect/auth?" + query).read().decode()
    confirm = post(form_action(login), username=user, password="pw")
    post(form_action(confirm))


main()
