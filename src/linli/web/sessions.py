"""Sessions in Django's own table, read by one plain statement: every page of somebody who is signed in begins with it."""

from typing import Any

from django.contrib.sessions.backends import db

from linli.core import sql


class SessionStore(db.SessionStore):
    """As its parent, but for how a row is read. The moment is the database's: a session ends by real time, also in the demo."""

    def load(self) -> dict[str, Any]:
        """What is kept under this key; nothing, and no key, when there is none or it has ended."""
        rows = sql.rows(
            "select session_data from django_session where session_key = %s and expire_date > now()",
            (self.session_key,),
        )
        if not rows:
            self._session_key = None
            return {}
        return dict(self.decode(rows[0].session_data))
