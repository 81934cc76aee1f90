import org.jspecify.annotations.NullMarked;

/// The check for tests: a test fails when it leaves a thread behind.
///
/// JUnit finds the extension and the listener in `META-INF/services`, as on every test class path.
/// The module does not `provide` them: it could then not be resolved without JUnit.
@NullMarked
module dev.groundhog.junit {
  requires static org.jspecify;
  requires transitive dev.groundhog.leak;
  requires dev.groundhog.mark;
  requires static transitive org.junit.jupiter.api;
  requires static org.junit.platform.commons;
  requires static org.junit.platform.engine;
  requires static org.junit.platform.launcher;
  requires static java.management;
  requires static jdk.management;
  requires static jdk.attach;

  exports dev.groundhog.junit;

  opens dev.groundhog.junit.internal to
      org.junit.platform.commons;
}
