package dev.groundhog.leak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FunctionPatternTest {
  @ParameterizedTest
  @CsvSource({
    "dev.acme.Server.logs, dev.acme.Server.logs",
    "Server.logs, dev.acme.Server.logs",
    "dev.acme.*, dev.acme.Server.logs",
    "/Server\\.(logs|exec)/, dev.acme.Server.exec",
    "Server.logsContainer, github.com/alibaba/pouch/apis/server.(*Server).logsContainer",
    "(*Server).logsContainer, github.com/alibaba/pouch/apis/server.(*Server).logsContainer",
    "server.(*Server).logsContainer, github.com/alibaba/pouch/apis/server.(*Server).logsContainer",
    "Outer.Inner.run, dev.acme.Outer$Inner.run",
    "Outer$Inner.run, dev.acme.Outer$Inner.run",
    "main.work, main.work",
    "Cache.get, main.(*Cache[...]).get",
    "Cache[...].get, main.(*Cache[...]).get",
    "main.(*Cache[...]).get, main.(*Cache[...]).get",
    "'main.Map[int,[]string].Get.func1', 'main.Map[go.shape.int,[]string].Get.func1'",
    "main.Map.*, main.Map[...].Get.func1",
  })
  void aNameIsFoundHoweverAPersonWritesIt(String pattern, String function) {
    assertThat(FunctionPattern.parse(pattern).matches(function)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "Server.logs, dev.acme.Server.logsContainer",
    "Server.logs, dev.acme.WebServer.logs",
    "dev.acme.*, dev.acmes.Server.logs",
    "logs, dev.acme.Server.catalogs",
    "Server.logs, dev.acme.Server.logs.func1",
    "/^Server/, dev.acme.Server.logs",
  })
  void aNameThatOnlyLooksSimilarIsNotMeant(String pattern, String function) {
    assertThat(FunctionPattern.parse(pattern).matches(function)).isFalse();
  }

  @Test
  void aMalformedExpressionIsRefusedWithItsReason() {
    assertThatThrownBy(() -> FunctionPattern.parse("/(/"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("/(/");
    assertThatThrownBy(() -> FunctionPattern.parse(" "))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
