package dev.groundhog.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.endpoint.internal.BirthsJson;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class BirthCountsTest {
  private static BirthCounts counts(int oneOf, OptionalLong peak) {
    BirthCounts.Site site =
        new BirthCounts.Site(
            ThreadKind.VIRTUAL,
            new CallStack(List.of(new Frame("com.acme.Server.accept", "Server.java", 7))),
            new BirthCounts.Count(0, 2, oneOf),
            new BirthCounts.Count(0, 0, oneOf),
            new BirthCounts.Count(0, 0, oneOf),
            peak);
    BirthCounts.Total none = new BirthCounts.Total(0, 0);
    return new BirthCounts(Duration.ofSeconds(1), oneOf, none, none, 0, 1, List.of(site));
  }

  private static String json(BirthCounts counts) throws IOException {
    StringBuilder out = new StringBuilder();
    BirthsJson.write(counts, out);
    return out.toString();
  }

  @Test
  void aSampleWithoutAnyIsNoZero() throws IOException {
    BirthCounts.Count count = new BirthCounts.Count(0, 0, 64);
    assertThat(count.estimate()).isEmpty();
    assertThat(count.error()).isEmpty();
    assertThat(json(counts(64, OptionalLong.empty())))
        .contains(
            "\"started\":128,\"alive\":null,\"ended\":128,\"collected\":null,\"peak\":null",
            "\"aliveError\":null");
  }

  @Test
  void whereAllAreRecordedNoneIsZero() throws IOException {
    BirthCounts.Count count = new BirthCounts.Count(0, 0, 1);
    assertThat(count.estimate()).hasValue(0);
    assertThat(count.error()).hasValue(0);
    assertThat(json(counts(1, OptionalLong.of(2))))
        .contains(
            "\"started\":2,\"alive\":0,\"ended\":2,\"collected\":0,\"peak\":2", "\"aliveError\":0");
  }

  @Test
  void theErrorIsTwiceTheStandardDeviation() {
    assertThat(new BirthCounts.Count(0, 100, 64).error()).hasValue(1_270);
  }

  @Test
  void whatStandsForItselfIsNotMultiplied() {
    BirthCounts.Count count = new BirthCounts.Count(3, 2, 64);
    assertThat(count.recorded()).isEqualTo(5);
    assertThat(count.estimate()).hasValue(131);
    assertThat(count.error()).isEqualTo(new BirthCounts.Count(0, 2, 64).error());
  }

  @Test
  void noMoreHaveEndedThanWereStarted() {
    BirthCounts.Count one = new BirthCounts.Count(0, 1, 1);
    BirthCounts.Count two = new BirthCounts.Count(0, 2, 1);
    BirthCounts.Site site =
        new BirthCounts.Site(
            ThreadKind.VIRTUAL, CallStack.EMPTY, one, two, one, OptionalLong.empty());
    assertThat(site.ended()).hasValue(0);
  }
}
