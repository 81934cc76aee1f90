package dev.groundhog.endpoint.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerListerTest {
  @Test
  void allThreadsAreThereUnlessThePropertyIsSet() {
    assertThat(ContainerLister.hasAll(Optional.empty())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "true", "TRUE"})
  void soTheyAreIfItIsEmptyOrTrue(String value) {
    assertThat(ContainerLister.hasAll(Optional.of(value))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"false", "False", "no", "0", "on", " true"})
  void anyOtherValueLeavesSomeOut(String value) {
    assertThat(ContainerLister.hasAll(Optional.of(value))).isFalse();
  }
}
