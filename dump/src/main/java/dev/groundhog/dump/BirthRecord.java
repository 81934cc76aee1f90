package dev.groundhog.dump;

/// Whether the start of a thread was recorded, and if not, why.
public enum BirthRecord {
  /// The dump does not tell.
  UNTOLD,
  /// Who started it, from where and when is known.
  RECORDED,
  /// It was started before anybody recorded starts; its age is a lower bound.
  BEFORE_RECORDING,
  /// Only some starts are recorded, and its was not among them.
  NOT_SAMPLED
}
