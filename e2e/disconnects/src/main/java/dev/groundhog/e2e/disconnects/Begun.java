package dev.groundhog.e2e.disconnects;

import java.io.IOException;
import java.util.regex.Pattern;

/// What a client has asked for and was gone before it was answered, but not before the daemon had
/// read it: it has to be done. (Not an upload of an image, which is given up.)
///
/// @param path what to get from the daemon's API to see that
/// @param done is found there once it is done
record Begun(Work.Kind kind, String path, Pattern done) {
  static Begun create(String name) {
    return new Begun(
        Work.Kind.CREATE, "/containers/json?all=1", Pattern.compile("\"/" + name + "\""));
  }

  static Begun start(String container) {
    return new Begun(Work.Kind.START, of(container), Pattern.compile("\"StartedAt\":\"(?!0001-)"));
  }

  static Begun stop(String container) {
    return new Begun(Work.Kind.STOP, of(container), Pattern.compile("\"Running\":false"));
  }

  private static String of(String container) {
    return "/containers/" + container + "/json";
  }

  boolean isDone(PouchApi api) throws IOException {
    return done.matcher(api.call("GET", path, "")).find();
  }
}
