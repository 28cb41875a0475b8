"""What the environment says of HTTP, looked up once for a client instead of for each of its calls."""

import requests


def settle(session: requests.Session, url: str) -> None:
    """Let the session keep, for all calls of the host of `url`, what `requests` takes from the environment for each.

    That are its proxy and its certificates' file (docs.python-requests.org, "Proxies" and "SSL Cert Verification"). A
    password for the host in ~/.netrc, which would take the place of our token, no longer counts.
    """
    found = session.merge_environment_settings(url, {}, None, None, None)
    session.proxies, session.verify, session.cert = found["proxies"], found["verify"], found["cert"]
    session.trust_env = False
