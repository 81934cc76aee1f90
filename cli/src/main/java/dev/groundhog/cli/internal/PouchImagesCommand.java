package dev.groundhog.cli.internal;

import dev.groundhog.pouch.ImageSummary;
import dev.groundhog.pouch.PouchClient;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(name = "images", mixinStandardHelpOptions = true, description = "Lists images.")
final class PouchImagesCommand implements Callable<Integer> {
  private static final String NONE = "<none>";

  @Spec CommandSpec spec;
  @ParentCommand PouchCommand pouch;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  PouchImagesCommand() {}

  @Override
  public Integer call() throws Exception {
    return pouch.ask(this::list);
  }

  private int list(PouchClient client) throws IOException, InterruptedException {
    Columns columns = new Columns("REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE");
    Instant now = Instant.now();
    for (ImageSummary image : client.images()) {
      List<String> tags = image.tags().isEmpty() ? List.of(NONE + ":" + NONE) : image.tags();
      for (String tag : tags) {
        int colon = tag.lastIndexOf(':');
        columns.row(
            colon < 0 ? tag : tag.substring(0, colon),
            colon < 0 ? NONE : tag.substring(colon + 1),
            PouchPsCommand.shortId(image.id()),
            PouchPsCommand.ago(image.created(), now),
            Bytes.shown(image.sizeBytes()));
      }
    }
    columns.print(spec.commandLine().getOut());
    return CommandLines.OK;
  }
}
