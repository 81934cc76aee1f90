package dev.groundhog.pouch.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.groundhog.pouch.internal.errors.ApiException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LogOptionsTest {
  private static LogOptions parse(String... options) {
    java.util.HashMap<String, String> map = new java.util.HashMap<>();
    for (String option : options) {
      int equals = option.indexOf('=');
      map.put(option.substring(0, equals), option.substring(equals + 1));
    }
    return LogOptions.parse(
        map, Map.of("app", "web", "tier", "front"), List.of("HOME=/root", "EMPTY=", "odd"));
  }

  @Test
  void sizesAreDockers() {
    assertThat(parse("max-size=10m").maxBytes()).isEqualTo(10_000_000);
    assertThat(parse("max-size=1.5KB").maxBytes()).isEqualTo(1_500);
    assertThat(parse("max-size=2 GiB").maxBytes()).isEqualTo(2_000_000_000L);
    assertThat(parse("max-size=77").maxBytes()).isEqualTo(77);
    assertThat(parse("max-file=3").maxFiles()).isEqualTo(3);
    assertThat(parse()).isEqualTo(LogOptions.defaults());
  }

  @Test
  void labelsAndVariablesAreChosenByNameOrExpression() {
    assertThat(parse("labels=app,none", "env=HOME,EMPTY", "tag=t").attrs())
        .isEqualTo(Map.of("app", "web", "HOME", "/root", "EMPTY", "", "tag", "t"));
    assertThat(parse("labels-regex=^(app|x)", "env-regex=OM").attrs())
        .isEqualTo(Map.of("app", "web", "HOME", "/root"));
  }

  @Test
  void badOptionsAreRefusedByName() {
    for (String bad :
        List.of(
            "max-size=",
            "max-size=-1",
            "max-size=0",
            "max-size=ten",
            "max-size=1x",
            "max-size=99999999999999999p",
            "max-size=0.1",
            "max-file=0",
            "max-file=-1",
            "max-file=two",
            "max-file=1001",
            "compress=true",
            "mode=non-blocking",
            "tag={{.Name}}",
            "labels-regex=(",
            "env-regex=*",
            "max_size=1m",
            "syslog=x")) {
      assertThatExceptionOfType(ApiException.class)
          .as(bad)
          .isThrownBy(() -> parse(bad))
          .withMessageContaining(bad.substring(0, bad.indexOf('=')))
          .satisfies(e -> assertThat(e.code()).isEqualTo(ApiException.Code.BAD_REQUEST));
    }
  }

  @Test
  void anExpressionThatWouldTakeForEverIsRefused() {
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() ->
            LogOptions.parse(
                Map.of("labels-regex", "(.*.*.*.*.*)*x$"), Map.of("a".repeat(3000), ""), List.of()))
        .withMessageContaining("takes too long");
  }

  @Test
  void whatEachLineCarriesIsBounded() {
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() ->
            LogOptions.parse(
                Map.of("labels", "big"), Map.of("big", "x".repeat(100_000)), List.of()))
        .withMessageContaining("each line would carry them");
  }
}
