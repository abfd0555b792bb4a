"""A proof of work at sign-up (ALTCHA), where `[web] altcha` asks for it: a second for a browser, hours for a flood.

The browser looks for the number whose hash is given. A proof serves once: what was used is kept with the sign-up.
"""

import json
from datetime import timedelta
from hashlib import sha256

from digest.app import App
from digest.errors import UsageError
from digest.web.middleware import SECURITY_HEADERS

_HARDEST = 50_000  # the number to be found is below; a phone tries some ten thousand a second
_VALID = timedelta(days=1)

WITH_OWN_SCRIPT = f"{SECURITY_HEADERS['Content-Security-Policy']}; script-src 'self'"

SCRIPT = """\
"use strict";
(async () => {
  const field = document.querySelector("[data-work]");
  const button = field.form.querySelector("button");
  const work = JSON.parse(field.dataset.work);
  const text = new TextEncoder();
  button.disabled = true;
  for (let number = 0; number <= work.maxNumber; number++) {
    const hash = await crypto.subtle.digest("SHA-256", text.encode(work.salt + number));
    const hex = Array.from(new Uint8Array(hash), byte => byte.toString(16).padStart(2, "0")).join("");
    if (hex === work.challenge) {
      field.value = btoa(JSON.stringify({ ...work, number }));
      break;
    }
  }
  button.disabled = false;
})();
"""


class Work:
    """Asks for proofs, and reads them.

    Raises:
        UsageError: where the library is not installed.
    """

    def __init__(self, app: App) -> None:
        try:
            from altcha import v1  # noqa: PLC0415  (an extra)
        except ImportError:
            fix = "pip install 'network-digest[altcha]', or leave it out"
            raise UsageError(f"config.toml: web.altcha needs a library that is not installed: {fix}") from None
        self._app, self._altcha = app, v1
        self._key = sha256(b"digest altcha\0" + app.secret.encode()).hexdigest()

    def challenge(self) -> str:
        """What is to be solved within a day, as JSON."""
        expires = self._app.now + _VALID
        options = self._altcha.ChallengeOptions(hmac_key=self._key, max_number=_HARDEST, expires=expires)
        return json.dumps(self._altcha.create_challenge(options).to_dict())

    def proof(self, given: object) -> str | None:
        """What tells this proof from all others, 64 characters; None for what is none, or too old."""
        if not isinstance(given, str) or not given:
            return None
        try:
            payload = self._altcha.Payload.from_base64(given)
            good, _ = self._altcha.verify_solution(payload, self._key, check_expires=False)
            _, expires, _ = payload.parse_salt()
            if not good or expires is None or self._app.now.timestamp() > expires:
                return None
        except (ValueError, TypeError, KeyError, AttributeError):
            return None
        return sha256(payload.challenge.encode()).hexdigest()
