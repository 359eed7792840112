"""Voice and video: what comes in, what comes out, and what does not."""

import io
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import av
import pytest
from django.conf import settings
from PIL import Image

from factories.community import acting, make_community, make_post, neighbour
from factories.recording import sent, video, voice
from linli.community.models import Post
from linli.community.queries.feed import post_face
from linli.core import recordings
from linli.core.models import Recording
from linli.core.recordings import (
    drop_unused,
    encode_recordings,
    keep_recording,
    recording_of,
)
from linli.core.refusal import Refusal

pytestmark = [pytest.mark.capability("C7"), pytest.mark.usefixtures("holds")]
MEDIA = Path(settings.MEDIA_ROOT)


def kept(content: bytes, at: datetime, kind: str = "video") -> Recording:
    return keep_recording(sent(content), kind=kind, member_id=7, at=at)


def test_a_video_is_encoded_anew_without_what_it_says_of_its_owner(at: datetime) -> None:
    waiting = kept(video(seconds=2, width=1920, height=1080), at)
    assert (waiting.state, waiting.seconds) == ("waiting", 2)
    assert not (MEDIA / f"{waiting.name}.mp4").exists()
    assert encode_recordings(at=at) == 1
    ready = Recording.objects.get()
    assert (ready.state, ready.seconds, ready.width, ready.height) == ("ready", 2, 1280, 720)
    with av.open(str(MEDIA / f"{ready.name}.mp4")) as made:
        assert [one.codec_context.name for one in made.streams] == ["h264", "aac"]
        assert "location" not in made.metadata
    with Image.open(MEDIA / f"{ready.name}.webp") as face:
        assert face.size == (1280, 720)
        assert face.getpixel((200, 300))[0] > 200 > 60 > face.getpixel((1100, 300))[0]
    assert not (MEDIA.parent / "uploads" / ready.name).exists(), "what was sent is gone"
    assert encode_recordings(at=at) == 0


def test_a_video_that_was_held_upright_stands_upright(at: datetime) -> None:
    file = bytearray(video(width=320, height=180))
    # The track's matrix: a quarter turn clockwise, as phones write it.
    place = file.index(b"tkhd") + 44
    one, none = (1 << 16).to_bytes(4, "big"), bytes(4)
    file[place : place + 24] = none + one + none + (-(1 << 16)).to_bytes(4, "big", signed=True) + none + none
    kept(bytes(file), at)
    encode_recordings(at=at)
    ready = Recording.objects.get()
    assert (ready.width, ready.height) == (180, 320)
    with Image.open(MEDIA / f"{ready.name}.webp") as face:
        assert face.getpixel((90, 40))[0] > 200 > 60 > face.getpixel((90, 280))[0], "left has become above"


@pytest.mark.parametrize("suffix", ["webm", "ogg"])
def test_a_voice_note_becomes_what_every_phone_plays(suffix: str, at: datetime) -> None:
    kept(voice(seconds=3, suffix=suffix), at, "voice")
    encode_recordings(at=at)
    ready = Recording.objects.get()
    assert (ready.state, ready.seconds) == ("ready", 3)
    with av.open(str(MEDIA / f"{ready.name}.m4a")) as made:
        assert [one.codec_context.name for one in made.streams] == ["aac"]


def test_a_voice_that_is_called_a_video_is_a_voice(at: datetime) -> None:
    assert kept(voice(), at, "video").kind == "voice"
    assert kept(video(), at, "video").kind == "video"


def _png() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (8, 8)).save(made, "PNG")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"", "video", "bad_recording"),
        (b"<svg onload=alert(1)>", "video", "bad_recording"),
        (_png(), "video", "bad_recording"),
        (
            b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
            "video",
            "bad_recording",
        ),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "video", "bad_recording"),
        (video()[:400], "video", "bad_recording"),
        (voice(), "picture", "bad_recording"),
        (video(width=64, height=64, seconds=63, rate=2), "video", "recording_long"),
    ],
)
def test_what_is_no_recording_is_not_kept(content: bytes, kind: str, code: str, at: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        kept(content, at, kind)
    assert refused.value.code == code
    assert not Recording.objects.exists()


def test_a_playlist_reads_nothing_of_this_machine(at: datetime, tmp_path: Path) -> None:
    """The very file that it names can be read by its own: so it is the list that is refused, not what it names."""
    (tmp_path / "inner.mp4").write_bytes(video())
    for words in (
        f"ffconcat version 1.0\nfile '{tmp_path}/inner.mp4'\n",
        f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{tmp_path}/inner.mp4\n#EXT-X-ENDLIST\n",
    ):
        with pytest.raises(Refusal, match="bad_recording"):
            kept(words.encode(), at)


def test_a_stream_that_does_not_say_its_length_is_counted_when_it_is_encoded(at: datetime) -> None:
    """Browsers record without a length in the header: such a file is taken, and fails when it turns out to be too long."""
    waiting = kept(voice(seconds=200, options={"live": "1"}), at, "voice")
    assert waiting.seconds == 0
    encode_recordings(at=at)
    failed = Recording.objects.get()
    assert (failed.state, failed.why) == ("failed", "too_long")
    assert not (MEDIA.parent / "uploads" / failed.name).exists()


def test_an_encoder_that_dies_leaves_a_failed_recording(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(video(), at)

    def killed(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("encode", 1)

    monkeypatch.setattr(recordings.subprocess, "run", killed)
    assert encode_recordings(at=at) == 1
    assert Recording.objects.get().state == "failed"
    assert recording_of(Recording.objects.get().name, member_id=7) is None


def test_only_ones_own_recording_goes_into_a_post(at: datetime) -> None:
    community = make_community(at)
    author, other = neighbour(community, at), neighbour(community, at)
    mine = keep_recording(sent(video()), kind="video", member_id=author.pk, at=at)
    with pytest.raises(Refusal, match="bad_recording"):
        make_post(community, other, at, recording=mine.name)
    with pytest.raises(Refusal, match="bad_recording"):
        make_post(community, author, at, recording="0" * 24)
    post = make_post(community, author, at, recording=mine.name)
    face = post_face(post.pk, actor=acting(other))
    assert face and (face.recording_name, face.recording_state) == (mine.name, "waiting")
    encode_recordings(at=at)
    face = post_face(post.pk, actor=acting(other))
    assert face and (face.recording_state, face.recording_seconds) == ("ready", 1)
    assert Post.objects.count() == 1


def test_a_film_with_endless_sound_fails_and_leaves_no_file(at: datetime) -> None:
    kept(video(seconds=1, sound_seconds=70, container="matroska", options={"live": "1"}), at)
    encode_recordings(at=at)
    failed = Recording.objects.get()
    assert (failed.state, failed.why) == ("failed", "too_long")
    assert (
        list(MEDIA.glob(f"{failed.name}*")) == list((MEDIA.parent / "uploads").glob(f"{failed.name}*")) == []
    )


def test_nobody_fills_the_line_for_all(at: datetime) -> None:
    for _ in range(3):
        kept(voice(), at, "voice")
    with pytest.raises(Refusal, match="recordings_wait"):
        kept(voice(), at, "voice")
    keep_recording(sent(voice()), kind="voice", member_id=8, at=at)
    encode_recordings(at=at)
    assert kept(voice(), at, "voice").state == "waiting"


def test_what_went_into_nothing_goes_after_days(at: datetime) -> None:
    community = make_community(at)
    author = neighbour(community, at)
    used, unused = (keep_recording(sent(voice()), kind="voice", member_id=author.pk, at=at) for _ in range(2))
    make_post(community, author, at, recording=used.name)
    encode_recordings(at=at)
    assert drop_unused(at=at + timedelta(days=2)) == 0
    assert drop_unused(at=at + timedelta(days=2, seconds=1)) == 1
    assert list(Recording.objects.values_list("name", "is_used")) == [(used.name, True)]
    assert (MEDIA / f"{used.name}.m4a").exists() and not (MEDIA / f"{unused.name}.m4a").exists()


def test_everybodys_first_comes_before_anybodys_second(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [
        keep_recording(sent(voice()), kind="voice", member_id=who, at=at).name for who in (1, 1, 1, 2, 3, 2)
    ]
    order: list[str] = []
    monkeypatch.setattr(
        recordings, "_ask", lambda *asked: order.append(asked[2].name) or {"why": "unreadable"}
    )
    encode_recordings(at=at)
    assert order == [names[n] for n in (0, 3, 4, 1, 5, 2)]


def test_a_film_of_too_many_frames_is_not_drawn_to_its_end(at: datetime) -> None:
    kept(video(seconds=33, rate=240, width=32, height=32), at)
    encode_recordings(at=at)
    failed = Recording.objects.get()
    assert (failed.state, failed.why) == ("failed", "too_large")
