"""Draw a recording that somebody sent anew: `python encode.py probe|encode KIND SOURCE TARGET SECONDS`.

A process of its own: the decoders read what strangers wrote, so they run with little memory and time, without the database, and
nothing but the one file. What comes out was encoded here; of what came in only pictures and sound are left, no places, no names.
"""

import json
import os
import resource
import sys
from typing import Any

import av
from av.audio.resampler import AudioResampler
from av.filter import Graph

LONGEST_SECONDS = {"voice": 180, "video": 60}
LONGEST_SIDE = 1280
MOST_PIXELS = 4096 * 2304
MOST_FRAMES = 61 * 125
MOST_MEMORY = {"probe": 768 * 1024**2, "encode": 2 * 1024**3}
MOST_FILE = 96 * 1024**2
FRAMES_A_SECOND = 30
# Containers that phones and browsers write. Lists of other files (HLS, concat, …) would let a stranger read what is on this machine.
CONTAINERS = {
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,ogg,mp3,aac,amr,wav",
    "protocol_whitelist": "",
}


TURNS: dict[int, list[tuple[str, str]]] = {
    90: [("transpose", "2")],
    180: [("transpose", "1"), ("transpose", "1")],
    270: [("transpose", "1")],
}


class Unusable(Exception):
    """Not a recording of this kind, too long or too large; the code says which."""


def probe(kind: str, source: Any) -> dict[str, Any]:
    """Whether it can be read at all: its first frame, and its length as the container claims it. Raises Unusable."""
    with av.open(source, container_options=CONTAINERS) as container:
        stream = _stream(container, kind)
        claimed = (container.duration or 0) / av.time_base
        if claimed > LONGEST_SECONDS[kind] + 1:
            raise Unusable("too_long")
        next(iter(container.decode(stream)))
        return {"seconds": max(0, round(claimed))}


def encode(kind: str, source: Any, target: str) -> dict[str, Any]:
    """Encode to TARGET.mp4 with a picture of it TARGET.webp, or to TARGET.m4a. Raises Unusable."""
    with av.open(source, container_options=CONTAINERS) as container:
        if kind == "voice":
            with av.open(f"{target}.m4a", "w", format="mp4", options={"movflags": "faststart"}) as made:
                return {
                    "seconds": round(
                        _encode_sound(container, made, made.add_stream("aac", rate=44100, layout="mono"))
                    )
                }
        return _encode_video(container, target)


def _stream(container: Any, kind: str) -> Any:
    streams = container.streams.video if kind == "video" else container.streams.audio
    if not streams:
        raise Unusable("nothing_in_it")
    stream = streams[0]
    if kind == "video" and not 0 < stream.codec_context.width * stream.codec_context.height <= MOST_PIXELS:
        raise Unusable("too_large")
    stream.codec_context.thread_count = 1
    return stream


def _encode_sound(container: Any, made: Any, into: Any) -> float:
    """The first sound track; returns its seconds. Raises Unusable."""
    resampler = AudioResampler(format="fltp", layout="mono", rate=44100, frame_size=1024)
    into.codec_context.bit_rate = 64_000
    written = 0
    for frame in container.decode(_stream(container, "voice")):
        frame.pts = None  # a recording that was cut has gaps; sound goes on without them
        for part in resampler.resample(frame):
            written += part.samples
            if written > 44100 * (LONGEST_SECONDS["voice"] + 1):
                raise Unusable("too_long")
            made.mux(into.encode(part))
    for part in resampler.resample(None):
        written += part.samples
        made.mux(into.encode(part))
    if not written:
        raise Unusable("nothing_in_it")
    made.mux(into.encode(None))
    return written / 44100


def _encode_video(container: Any, target: str) -> dict[str, Any]:
    picture = _stream(container, "video")
    sound = container.streams.audio[0] if container.streams.audio else None
    graph, width, height = _upright(picture)
    with av.open(f"{target}.mp4", "w", format="mp4", options={"movflags": "faststart"}) as made:
        into = made.add_stream("libx264", rate=FRAMES_A_SECOND, options={"preset": "veryfast", "crf": "28"})
        into.width, into.height, into.pix_fmt = width, height, "yuv420p"
        into.codec_context.thread_count = 1
        sound_into = made.add_stream("aac", rate=44100, layout="mono") if sound else None
        if sound_into:
            sound_into.codec_context.bit_rate = 64_000
        last = _copy(
            container, [one for one in (picture, sound) if one], made, graph, into, sound_into, target
        )
    return {"seconds": round(last), "width": width, "height": height}


def _upright(stream: Any) -> tuple[Graph, int, int]:
    """Turned as it was held, no side longer than LONGEST_SIDE, even sides, a steady rate."""
    context = stream.codec_context
    turned = _rotation(stream) % 360
    width, height = context.width, context.height
    steps = TURNS.get(turned, [])
    if turned in (90, 270):
        width, height = height, width
    shrink = min(1, LONGEST_SIDE / max(width, height))
    width, height = (max(2, int(side * shrink) // 2 * 2) for side in (width, height))
    graph = Graph()
    nodes: list[Any] = [graph.add_buffer(template=stream)]
    for name, values in [
        *steps,
        ("fps", str(FRAMES_A_SECOND)),  # before the size: a frame that is dropped is not drawn
        ("scale", f"{width}:{height}"),
        ("format", "yuv420p"),
    ]:
        nodes.append(graph.add(name, values))
    graph.link_nodes(*nodes, graph.add("buffersink"))
    graph.configure()
    return graph, width, height


def _rotation(stream: Any) -> int:
    """How the camera was held, which the first frame knows."""
    container = stream.container
    frame = next(iter(container.decode(stream)))
    container.seek(0)
    return int(frame.rotation)


def _copy(
    container: Any, streams: list[Any], made: Any, graph: Graph, into: Any, sound_into: Any, target: str
) -> float:
    """Frame by frame; returns the seconds of the last. Raises Unusable."""
    resampler = AudioResampler(format="fltp", layout="mono", rate=44100, frame_size=1024)
    last, has_face, heard, seen = 0.0, False, 0, 0
    size = (streams[0].codec_context.width, streams[0].codec_context.height)

    def draw() -> None:
        nonlocal last, has_face
        while True:
            try:
                frame: Any = graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            last = max(last, frame.time or 0)
            if last > LONGEST_SECONDS["video"] + 1:
                raise Unusable("too_long")
            if not has_face:
                frame.to_image().save(f"{target}.webp", "WEBP", quality=80)
                has_face = True
            frame.pict_type = 0
            made.mux(into.encode(frame))

    for frame in container.decode(streams):
        if isinstance(frame, av.AudioFrame):
            frame.pts = None
            heard += frame.samples
            if heard > frame.sample_rate * (LONGEST_SECONDS["video"] + 5):
                raise Unusable("too_long")
            for part in resampler.resample(frame):
                made.mux(sound_into.encode(part))
            continue
        seen += 1
        if (frame.width, frame.height) != size or seen > MOST_FRAMES:
            raise Unusable("too_large")
        graph.push(frame)
        draw()
    graph.push(None)
    draw()
    if not has_face:
        raise Unusable("nothing_in_it")
    made.mux(into.encode(None))
    if sound_into:
        for part in resampler.resample(None):
            made.mux(sound_into.encode(part))
        made.mux(sound_into.encode(None))
    return last


def main(what: str, kind: str, source: str, target: str, seconds: str) -> int:
    """Say the outcome in one line of JSON: what was made, or why not. SECONDS of the processor at most."""
    os.nice(10)  # whoever asks for a page goes first
    for limit, most in (
        (resource.RLIMIT_CPU, int(seconds)),
        (resource.RLIMIT_AS, MOST_MEMORY[what]),
        (resource.RLIMIT_FSIZE, MOST_FILE),
    ):
        resource.setrlimit(limit, (most, most))
    try:
        with open(source, "rb") as file:
            outcome = probe(kind, file) if what == "probe" else encode(kind, file, target)
    except Unusable as error:
        outcome = {"why": str(error)}
    except Exception as error:  # a broken file makes the decoders raise whatever they like
        outcome = {"why": "unreadable", "detail": f"{type(error).__name__}: {error}"[:200]}
    print(json.dumps(outcome))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:6]))
