import org.jspecify.annotations.NullMarked;

/// What loads into a JVM. JDK only.
@NullMarked
module dev.groundhog.agent {
  requires static org.jspecify;
  requires transitive java.instrument;
  requires dev.groundhog.endpoint;
  requires static java.management;
  requires static jdk.jfr;
  requires static jdk.management;

  exports dev.groundhog.agent;
}
