"""Errors of `models`: each class owns its code and its exit code; the interface words them (app/locales)."""

from __future__ import annotations


class ModelFailure(Exception):
    """Base.  `parameters` fill the message that the interface keeps under `code`."""

    code = "models.failure"
    exit_code = 4

    def __init__(self, **parameters: object) -> None:
        self.parameters = {name: str(value) for name, value in parameters.items()}
        super().__init__(f"{self.code} {self.parameters}" if self.parameters else self.code)


class ChangedFile(ModelFailure):
    """A model file is not the one on record: it is refused."""

    code = "models.changed_file"
    exit_code = 3


class MissingFile(ModelFailure):
    code = "models.missing_file"


class BadRegistry(ModelFailure):
    code = "models.bad_registry"


class CannotStart(ModelFailure):
    """The worker could not load its model."""

    code = "models.cannot_start"


class CrashedAtStart(CannotStart):
    """The worker was ended by a signal while it tried its model: not by a limit of ours."""


class WorkerDied(ModelFailure):
    """The worker ended, or fell silent and was ended, during a generation."""

    code = "models.worker_died"


class PromptTooLong(ModelFailure):
    code = "models.prompt_too_long"


class BadModelFile(ModelFailure):
    """No GGUF file, one that is cut short, or one that states what no model has."""

    code = "models.bad_model_file"
    exit_code = 2


class NotAGenerator(ModelFailure):
    """A file of vectors, an adapter, a vocabulary, one part of several: it writes nothing."""

    code = "models.not_a_generator"
    exit_code = 2


class CannotTeach(ModelFailure):
    """An embedder whose layers are not those of a BERT: it serves, but is not taught."""

    code = "models.cannot_teach"
    exit_code = 2


class BadWeightsFolder(ModelFailure):
    """No folder of a sentence-transformers model, or one that would bring code."""

    code = "models.bad_weights_folder"
    exit_code = 2


class Undeclared(ModelFailure):
    """What must be on record about a model is said neither by its file nor by the operator."""

    code = "models.undeclared"
    exit_code = 2


class BadName(ModelFailure):
    code = "models.bad_name"
    exit_code = 2


class NameTaken(ModelFailure):
    """The name of a model that comes with Greffier."""

    code = "models.name_taken"
    exit_code = 2


class NoSuchModel(ModelFailure):
    code = "models.no_such_model"
    exit_code = 2


class PackagedModel(ModelFailure):
    """A model that comes with Greffier does not leave the record."""

    code = "models.packaged_model"
    exit_code = 2


class FileElsewhere(ModelFailure):
    """Only files inside the data directory are deleted."""

    code = "models.file_elsewhere"
    exit_code = 3


class OtherHash(ModelFailure):
    """A file whose hash is not the one that was announced."""

    code = "models.other_hash"
    exit_code = 3


class BadManifest(ModelFailure):
    code = "models.bad_manifest"
    exit_code = 2


class NoRoom(ModelFailure):
    """The data directory cannot hold a copy."""

    code = "models.no_room"


class CannotCopy(ModelFailure):
    code = "models.cannot_copy"


class BadAddress(ModelFailure):
    """A generator's address that is none."""

    code = "models.bad_address"
    exit_code = 2


class AddressNotListed(ModelFailure):
    """A generator's address that the operator did not list: it is not asked anything."""

    code = "models.address_not_listed"
    exit_code = 3


class RemoteFailed(ModelFailure):
    """The generator's address does not answer, or not as it should."""

    code = "models.remote_failed"
