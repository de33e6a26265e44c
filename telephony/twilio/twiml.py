"""What we answer Twilio: one function for each thing a call can be told to do."""

from dataclasses import dataclass

from twilio.twiml.voice_response import Dial, VoiceResponse

from telephony.events import EndedBy, Place
from telephony.twilio.hooks import Hook, Hooks

LONGEST_PAUSE_SECONDS = 3600
FULL_QUEUE_SECONDS = 5
RING_EVENTS = "ringing answered"


@dataclass(frozen=True, kw_only=True)
class Sayings:
    """The answers of one exchange. `sounds` is where its sounds are served, or empty."""

    hooks: Hooks
    queue: str
    phones: str  # sip:{phone}@domain, client:{phone} or a number with {phone} in it
    sounds: str = ""

    def nothing(self) -> str:
        """Answer a request that only told something."""
        return str(VoiceResponse())

    def refuse(self) -> str:
        """Do not take the call; the caller hears the busy tone and pays nothing."""
        answer = VoiceResponse()
        answer.reject(reason="busy")
        return str(answer)

    def hang_up(self) -> str:
        """End the call."""
        answer = VoiceResponse()
        answer.hangup()
        return str(answer)

    def announce(self, announcement: str) -> str:
        """Play an announcement, then end; the end goes through a hook that says who ended it."""
        answer = VoiceResponse()
        if self.sounds and announcement:
            answer.play(f"{self.sounds}/{announcement}.wav")
        answer.redirect(self.hooks.of(Hook.END, by=EndedBy.EXCHANGE), method="POST")
        return str(answer)

    def put_on_hold(self, place: Place, *, count: int) -> str:
        """Put the caller into Twilio's queue; `count` names this placing of him."""
        answer = VoiceResponse()
        answer.enqueue(
            self.queue,
            wait_url=self.hooks.of(Hook.WAIT, place=place, count=count),
            action=self.hooks.of(Hook.LEFT, count=count),
        )
        return str(answer)

    def try_again(self, *, count: int) -> str:
        """The queue was full or broken: nobody is dropped for that, he is put there again soon."""
        answer = VoiceResponse()
        answer.pause(length=FULL_QUEUE_SECONDS)
        answer.redirect(self.hooks.of(Hook.PLACE, place=Place.QUEUE, count=count), method="POST")
        return str(answer)

    def hold_music(self) -> str:
        """Return what a waiting caller hears; Twilio asks again when it is over."""
        answer = VoiceResponse()
        if self.sounds:
            answer.play(f"{self.sounds}/hold.wav", loop=0)
        else:
            answer.pause(length=LONGEST_PAUSE_SECONDS)
        return str(answer)

    def ring(self, phone: str, *, seconds: int, order: str) -> str:
        """Ring an agent's phone; when that is over, ask us what next. The talk is recorded."""
        dial = Dial(
            timeout=seconds,
            action=self.hooks.of(Hook.RUNG, order=order, phone=phone),
            answer_on_bridge=True,
            record="record-from-answer-dual",
            recording_status_callback=self.hooks.of(Hook.RECORDING),
            recording_status_callback_event="completed",
        )
        address = self.phones.format(phone=phone)
        scheme, _, rest = address.partition(":")
        put = {"sip": dial.sip, "client": dial.client}.get(scheme, dial.number)
        put(
            rest if scheme == "client" else address,
            status_callback=self.hooks.of(Hook.PHONE, phone=phone),
            status_callback_event=RING_EVENTS,
        )
        answer = VoiceResponse()
        answer.append(dial)
        return str(answer)
