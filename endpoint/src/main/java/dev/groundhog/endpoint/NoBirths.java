package dev.groundhog.endpoint;

/// What to say where starts are not recorded.
///
/// @param text what to do, in one line
record NoBirths(int status, String text) {
  static NoBirths of(BirthSource.Absence why) {
    return switch (why) {
      case OFF ->
          new NoBirths(
              Answers.NOT_FOUND,
              "starts of threads are not recorded here:"
                  + " load the agent with births=sample or births=all");
      case INTERRUPTED ->
          new NoBirths(
              Answers.UNAVAILABLE,
              "another agent has changed how threads start:"
                  + " recording begins anew if you ask again, a second later");
    };
  }
}
