import org.jspecify.annotations.NullMarked;

/// Small programs that leak, to look at.
@NullMarked
module dev.groundhog.examples {
  requires static org.jspecify;
  requires dev.groundhog.context;
  requires dev.groundhog.endpoint;
  requires java.management;
  requires jdk.httpserver;
  requires jdk.management;

  exports dev.groundhog.examples;
}
