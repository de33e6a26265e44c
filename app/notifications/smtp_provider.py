"""Hands messages to a mail server. The key becomes the Message-ID, by which doubles are known."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate

from app.notifications.provider import NotTaken, Outgoing
from app.notifications.template_text import on_one_line


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where mail goes out. `is_tls`: from the first byte; else STARTTLS if `starts_tls`."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    is_tls: bool = False
    starts_tls: bool = True


class SmtpProvider:
    """Mail by SMTP."""

    def __init__(self, name: str, *, server: MailServer, timeout: float) -> None:
        self.name = name
        # A conversation has several answers, each with its own timeout.
        self.patience = timeout * 6
        self._server = server
        self._timeout = timeout

    def send(self, message: Outgoing) -> None:
        """Mail it; raises NotTaken."""
        try:
            mail = self._mail(message)
        except (ValueError, UnicodeError):
            raise NotTaken("address-unfit", is_final=True) from None
        try:
            with self._connected() as connection:
                connection.send_message(mail)
        except smtplib.SMTPRecipientsRefused as why:
            statuses = [status for status, _ in why.recipients.values()]
            raise _refused(min(statuses, default=0)) from None
        except smtplib.SMTPAuthenticationError as why:
            # The key of the house is wrong, not the message: mended, it goes.
            raise NotTaken("not-let-in", detail=str(why.smtp_code)) from None
        except smtplib.SMTPResponseException as why:
            raise _refused(why.smtp_code) from None
        except (OSError, smtplib.SMTPException, ValueError) as why:
            raise NotTaken("no-answer", detail=type(why).__name__[:16]) from None

    def _mail(self, message: Outgoing) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._server.sender
        mail["To"] = message.address
        mail["Subject"] = on_one_line(message.subject)
        mail["Date"] = formatdate()
        mail["Message-ID"] = f"<{message.key}@{self._server.sender.partition('@')[2]}>"
        mail.set_content(message.body)
        return mail

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        secure = ssl.create_default_context()
        if server.is_tls:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self._timeout, context=secure
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        try:
            if server.starts_tls and not server.is_tls:
                connection.starttls(context=secure)
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection


def _refused(status: int) -> NotTaken:
    is_final = status >= 500
    return NotTaken("refused" if is_final else "not-now", is_final=is_final, detail=str(status))
