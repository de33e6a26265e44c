"""What we answer Twilio: one function for each thing a call can be told to do."""

import logging
from dataclasses import dataclass
from datetime import datetime

from twilio.twiml.voice_response import Dial, VoiceResponse

from telephony import sound_addresses
from telephony.events import EndedBy, Place
from telephony.twilio.hooks import Hook, Hooks

logger = logging.getLogger(__name__)

RECORDING_NOTICE = "recording-notice"
SPOKEN_LANGUAGE = "zh-CN"
LONGEST_PAUSE_SECONDS = 3600
FULL_QUEUE_SECONDS = 5
RING_EVENTS = "ringing answered"


@dataclass(frozen=True, kw_only=True)
class Sayings:
    """The answers of one exchange.

    `sounds` is where its own sounds are served, or empty; `notice` is spoken where they are not.
    Greetings that the register keeps are fetched from us, by addresses that `sounds_secret` signs.
    """

    hooks: Hooks
    queue: str
    phones: str  # sip:{phone}@domain, client:{phone} or a number with {phone} in it
    sounds: str = ""
    notice: str = ""
    sounds_secret: str = ""

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

    def let_in(self, *, greeting: str, tells_recording: bool, count: int, now: datetime) -> str:
        """Greet the caller, then put him into the queue: he waits only from there on."""
        answer = VoiceResponse()
        if greeting:
            self._greet(answer, greeting, now=now)
        if tells_recording:
            self._tell_of_recording(answer)
        return str(self._enqueue(answer, Place.QUEUE, count=count))

    def _greet(self, answer: VoiceResponse, greeting: str, *, now: datetime) -> None:
        if sound_addresses.is_kept_by_us(greeting):
            answer.play(
                sound_addresses.address_of(
                    greeting,
                    base=self.hooks.base,
                    secret=self.sounds_secret,
                    exchange_id=self.hooks.exchange_id,
                    now=now,
                )
            )
        elif self.sounds:
            answer.play(f"{self.sounds}/{greeting}.wav")

    def _tell_of_recording(self, answer: VoiceResponse) -> None:
        if self.notice:
            answer.say(self.notice, language=SPOKEN_LANGUAGE)
        elif self.sounds:
            answer.play(f"{self.sounds}/{RECORDING_NOTICE}.wav")
        else:
            logger.warning("the caller cannot be told that the call is recorded: no sounds=")

    def put_on_hold(self, place: Place, *, count: int) -> str:
        """Put the caller into Twilio's queue; `count` names this placing of him."""
        return str(self._enqueue(VoiceResponse(), place, count=count))

    def _enqueue(self, answer: VoiceResponse, place: Place, *, count: int) -> VoiceResponse:
        answer.enqueue(
            self.queue,
            wait_url=self.hooks.of(Hook.WAIT, place=place, count=count),
            action=self.hooks.of(Hook.LEFT, count=count),
        )
        return answer

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
