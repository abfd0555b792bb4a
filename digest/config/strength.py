"""Whether a secret is one that nobody can guess."""

from digest.config.values import Secret

_LENGTH = 32  # characters; 128 bits where they are hex digits made at random
_DIFFERENT = 8  # of them; so many random ones of the ten digits alone have more
_WAY_OUT = "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"


def strong(secret: Secret) -> Secret:
    """The secret itself.

    Raises:
        ValueError: when it is short or repeats itself, with a way to make a better one; never with the value.
    """
    value = secret.reveal()
    if len(value) < _LENGTH:
        raise ValueError(f"the secret has {len(value)} characters and needs {_LENGTH}; {_WAY_OUT}")
    half = len(value) // 2
    if len(set(value)) < _DIFFERENT or any(value[piece:] == value[:-piece] for piece in range(1, half + 1)):
        raise ValueError(f"the secret repeats itself, so that it can be guessed; {_WAY_OUT}")
    return secret
