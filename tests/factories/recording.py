"""Recordings as phones and browsers send them, made by the same library that reads them."""

import io

import av
import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def video(
    *,
    seconds: float = 1,
    sound_seconds: float = 0,
    width: int = 320,
    height: int = 180,
    rate: int = 15,
    container: str = "mp4",
    options: dict[str, str] | None = None,
) -> bytes:
    """A clip with sound, red on the left, with the place where it was taken in it."""
    made = io.BytesIO()
    made_in = av.open(made, "w", format=container, options=options or {})
    made_in.metadata["location"] = "+30.2084+120.2110/"
    picture = made_in.add_stream("libx264", rate=rate)
    picture.width, picture.height, picture.pix_fmt = width, height, "yuv420p"
    sound = made_in.add_stream("aac", rate=44100, layout="mono")
    frame = np.zeros((height, width, 3), np.uint8)
    frame[:, : width // 2, 0] = 255
    for _ in range(int(seconds * rate)):
        made_in.mux(picture.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
    made_in.mux(picture.encode(None))
    for n in range(int((sound_seconds or seconds) * 44100 / 1024)):
        made_in.mux(sound.encode(_tone(n * 1024, 1024, 44100)))
    made_in.mux(sound.encode(None))
    made_in.close()
    return made.getvalue()


def voice(*, seconds: float = 1, suffix: str = "webm", options: dict[str, str] | None = None) -> bytes:
    """A voice note as a browser records it: Opus in WebM."""
    made = io.BytesIO()
    container = av.open(made, "w", format=suffix, options=options or {})
    sound = container.add_stream("libopus", rate=48000, layout="mono")
    for n in range(int(seconds * 50)):
        container.mux(sound.encode(_tone(n * 960, 960, 48000)))
    container.mux(sound.encode(None))
    container.close()
    return made.getvalue()


def _tone(start: int, samples: int, rate: int) -> av.AudioFrame:
    wave = np.sin(np.arange(start, start + samples) * 440 * 2 * np.pi / rate).astype(np.float32) / 4
    frame = av.AudioFrame.from_ndarray(
        wave[None, :], format="fltp" if rate == 44100 else "flt", layout="mono"
    )
    frame.sample_rate, frame.pts = rate, start
    return frame


def sent(content: bytes, name: str = "clip.mp4", kind: str = "video/mp4") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


def picture() -> SimpleUploadedFile:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 40, 30)).save(made, "JPEG")
    return SimpleUploadedFile("a.jpg", made.getvalue(), "image/jpeg")
