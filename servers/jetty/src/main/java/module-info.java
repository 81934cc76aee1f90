import org.jspecify.annotations.NullMarked;

/// Tells Jetty's handlers that their client has gone.
@NullMarked
module dev.groundhog.jetty {
  requires static org.jspecify;
  requires transitive dev.groundhog.context;
  requires transitive org.eclipse.jetty.server;
  requires static org.eclipse.jetty.ee11.servlet;

  exports dev.groundhog.jetty;
}
