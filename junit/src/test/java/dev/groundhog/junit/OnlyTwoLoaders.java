package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.junit.internal.FakeAgent;
import dev.groundhog.junit.internal.LoaderProbe;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Not a test of its own: [AgentTest] runs it in a JVM whose check is there twice, in two loaders.
class OnlyTwoLoaders {
  @BeforeAll
  static void stand() {
    FakeAgent.standsInFront();
  }

  @AfterEach
  void closeWhatIsLeft() throws Exception {
    Left.close();
  }

  private static ClassLoader another() throws Exception {
    String[] places = System.getProperty("java.class.path").split(File.pathSeparator);
    URL[] urls = new URL[places.length];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = Path.of(places[i]).toUri().toURL();
    }
    URLClassLoader another = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
    Left.open(another::close);
    return another;
  }

  private static Callable<?> probe(ClassLoader loader) throws Exception {
    Class<?> type = Class.forName(LoaderProbe.class.getName(), true, loader);
    assertThat(type.getClassLoader()).isEqualTo(loader);
    return (Callable<?>) type.getConstructor().newInstance();
  }

  @Test
  void eachKnowsItsOwnThreads() throws Exception {
    ClassLoader here = OnlyTwoLoaders.class.getClassLoader();
    ClassLoader another = another();
    Callable<?> first = probe(here);
    Callable<?> second = probe(another);
    Callable<?> third = probe(here);
    Callable<?> fourth = probe(another);
    assertThat(first.call()).isEqualTo("its own");
    assertThat(second.call()).isEqualTo("its own");
    assertThat(third.call()).isEqualTo("its own");
    assertThat(fourth.call()).isEqualTo("its own");
  }

  @LeakCheck(within = "100ms")
  static class MeetsTwice {
    @Test
    void leaky() throws Exception {
      Class<?> here = Class.forName("dev.groundhog.junit.internal.AgentHere", true, another());
      assertThat(here.getMethod("isMet").invoke(null)).isEqualTo(true);
      Left.virtual(LockSupport::park);
    }
  }

  @Test
  void aTestInWhichTheOtherOneMeetsTheAgentKeepsItsTag() {
    assertThat(Run.of(MeetsTwice.class).failures()).containsOnlyKeys("leaky()");
  }
}
