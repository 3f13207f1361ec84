"""The nouns every stage shares. Data only: nothing here reads a file, runs a command or prints."""

from generator.model.course import (
    Course,
    CourseFile,
    Deck,
    Engine,
    ImagePolicy,
    Labels,
    RedactSettings,
    SandboxLimits,
    StepSettings,
    Terminal,
)
from generator.model.events import Event, Notice, Report, StepFinished, StepStarted, Wrote
from generator.model.figures import FIGURES, Drawing, FigureLabels
from generator.model.formats import FORMATS, Format, output_path
from generator.model.hosts import Channel, Host, HostFacts, Images, ImageSource
from generator.model.records import Failure, Record, RecordedClaim, RecordedStep
from generator.model.slides import Built, CourseView, DeckView, Rendered, Slide
from generator.model.steps import Capture, Key, Location, Runner, Show, Step

__all__ = [
    "FIGURES",
    "FORMATS",
    "Built",
    "Capture",
    "Channel",
    "Course",
    "CourseFile",
    "CourseView",
    "Deck",
    "DeckView",
    "Drawing",
    "Engine",
    "Event",
    "Failure",
    "FigureLabels",
    "Format",
    "Host",
    "HostFacts",
    "ImagePolicy",
    "ImageSource",
    "Images",
    "Key",
    "Labels",
    "Location",
    "Notice",
    "Record",
    "RecordedClaim",
    "RecordedStep",
    "RedactSettings",
    "Rendered",
    "Report",
    "Runner",
    "SandboxLimits",
    "Show",
    "Slide",
    "Step",
    "StepFinished",
    "StepSettings",
    "StepStarted",
    "Terminal",
    "Wrote",
    "output_path",
]
