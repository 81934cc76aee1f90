/// The command line. Start with [dev.groundhog.cli.Main]; each verb is one class in `internal`,
/// named for it. What a person sees is made in `internal.Report` and `internal.Theme`, and nowhere
/// else. Finding out facts never belongs here: `target` gets dumps, `leak` judges them.
package dev.groundhog.cli;
