import org.jspecify.annotations.NullMarked;

/// A container daemon with Docker's API, and its command line.
@NullMarked
@SuppressWarnings("requires-automatic") // re2j is none
module dev.groundhog.pouch {
  requires static org.jspecify;
  requires com.github.luben.zstd_jni;
  requires dev.groundhog.context;
  requires dev.groundhog.endpoint;
  requires dev.groundhog.jetty;
  requires java.logging;
  requires jdk.httpserver;
  requires org.eclipse.jetty.client;
  requires jdk.net;
  requires org.eclipse.jetty.server;
  requires org.eclipse.jetty.unixdomain.server;
  requires re2j;
  requires tools.jackson.databind;

  exports dev.groundhog.pouch;

  opens dev.groundhog.pouch.internal.engine to
      tools.jackson.databind;
  opens dev.groundhog.pouch.internal.spec to
      tools.jackson.databind;
}
