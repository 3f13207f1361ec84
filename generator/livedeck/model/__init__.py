"""The values that several stages share. Data only: nothing here reads a file, runs a command or prints."""

from livedeck.model.course import (
    HEIGHTS,
    STAND_INS,
    Course,
    CourseFile,
    Deck,
    Edition,
    Engine,
    ImagePolicy,
    Labels,
    RedactSettings,
    SandboxLimits,
    Source,
    StepSettings,
    Terminal,
)
from livedeck.model.drift import (
    ClaimBranch,
    ComparedClaim,
    ComparedCommand,
    Comparison,
    LineKind,
    LinePair,
    Mark,
    Missing,
    Side,
    Span,
    Verdict,
    WorldChange,
)
from livedeck.model.events import (
    AnyEvent,
    Event,
    Failed,
    JobEvent,
    Notice,
    Replaced,
    Report,
    Run,
    StepFinished,
    StepStarted,
    Wrote,
)
from livedeck.model.figures import FIGURES, Drawing, FigureLabels
from livedeck.model.formats import FORMATS, Format, output_path
from livedeck.model.hosts import FOUND, Channel, DockerSource, Host, HostFacts, Images, ImageSource, World
from livedeck.model.records import Failure, Record, RecordedClaim, RecordedStep
from livedeck.model.slides import BuiltDeck, DeckView, Rendered, Slide, SlideOrigin
from livedeck.model.steps import Capture, DriftRule, Key, Location, Runner, Show, Step
