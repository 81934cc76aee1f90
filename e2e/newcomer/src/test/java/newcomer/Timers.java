package newcomer;

import dev.groundhog.junit.LeakCheck;
import java.time.Duration;
import java.util.Timer;
import java.util.TimerTask;
import org.junit.jupiter.api.Test;

/// Nobody cancels the timer, whose task holds it: an unreachable one would end by itself.
@LeakCheck
class TimersLeakTest {
  @Test
  void platform() {
    Timer timer = new Timer(Names.next());
    timer.schedule(new Tick(timer), Duration.ofHours(1).toMillis());
  }
}

@LeakCheck
class TimersCleanTest {
  @Test
  void platform() {
    Timer timer = new Timer(Names.next());
    timer.schedule(new Tick(timer), Duration.ofHours(1).toMillis());
    timer.cancel();
  }
}

final class Tick extends TimerTask {
  private final Timer timer;

  Tick(Timer timer) {
    this.timer = timer;
  }

  @Override
  public void run() {
    timer.purge();
  }
}
