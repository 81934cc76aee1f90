package dev.groundhog.dump.internal.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.groundhog.dump.Corpus;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The published JSON Schema, by another project's validator: what is written is valid.
class DumpSchemaTest {
  private static final Path DOCS = Path.of("..", "docs");

  @ParameterizedTest
  @MethodSource("dev.groundhog.dump.CorpusTruthTest#dumpFiles")
  void everyDumpOfTheCorpusIsWrittenValid(String file) throws IOException {
    Dump dump = DumpReader.readAll(new ByteArrayInputStream(Corpus.raw(file))).getFirst();
    assertThat(schema().validate(DumpJsonTest.json(dump), InputFormat.JSON)).isEmpty();
  }

  @Test
  void everythingThatTheModelCanSayIsWrittenValid() throws IOException {
    assertThat(schema().validate(rich(), InputFormat.JSON)).isEmpty();
  }

  @Test
  void theExampleOfThePageIsValid() throws IOException {
    String page = Files.readString(DOCS.resolve("dump-json.md"));
    String example = page.substring(page.indexOf("{\"schema\""), page.indexOf("\n```\n\nEach"));
    assertThat(schema().validate(example, InputFormat.JSON)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "groundhog.dump/1, groundhog.dump/2, schema",
        "TIMED_WAITING, DREAMING, state",
        "FUTURE, UNKNOWN, waitKind",
        "`\"count\":3`, `\"count\":0`, count",
        "`\"index\":0`, `\"index\":-1`, index",
        "`\"function\":`, `\"name\":`, function",
        "`\"waitedSeconds\":`, `\"waitedSeconds\":-`, waitedSeconds",
        "`\"warnings\":`, `\"losses\":`, warnings",
      })
  void theSchemaRefusesWhatIsNotOfItsForm(String valid, String invalid, String member)
      throws IOException {
    String changed = rich().replaceFirst(valid, invalid);
    assertThat(changed).isNotEqualTo(rich());
    assertThat(schema().validate(changed, InputFormat.JSON))
        .anySatisfy(error -> assertThat(error.toString()).contains(member));
  }

  private static String rich() throws IOException {
    return DumpJsonTest.json(DumpJsonTest.dump(DumpJsonTest.RICH, DumpJsonTest.POOR));
  }

  private static Schema schema() throws IOException {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(Files.readString(DOCS.resolve("groundhog.dump-1.schema.json")));
  }
}
