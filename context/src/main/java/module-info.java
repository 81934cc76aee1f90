import org.jspecify.annotations.NullMarked;

/// Cancellable contexts, and handlers that learn that their client has gone. JDK only.
@NullMarked
module dev.groundhog.context {
  requires static org.jspecify;
  requires transitive dev.groundhog.mark;
  requires static transitive jdk.httpserver;

  exports dev.groundhog.context;
}
