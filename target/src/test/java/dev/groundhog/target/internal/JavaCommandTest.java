package dev.groundhog.target.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavaCommandTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/opt/jdk/bin/java -Xmx1g -cp a:b dev.acme.Main --port 1|dev.acme.Main --port 1",
        "java -jar app.jar serve|app.jar serve",
        "java @options -p mods -m acme/dev.acme.Main x|acme/dev.acme.Main x",
        "java --add-opens java.base/java.lang=ALL-UNNAMED --class-path=a Main|Main",
        "/usr/bin/javanese -cp a Main|/usr/bin/javanese -cp a Main",
        "/opt/server -v|/opt/server -v",
        "java -version|java -version",
        "java -cp|java -cp",
      })
  void whatRunsStandsBehindTheLaunchersOptions(String command, String program) {
    assertThat(JavaCommand.program(List.of(command.split(" ")))).isEqualTo(program);
  }
}
