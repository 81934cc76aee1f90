/// What the JDK has not for reading and writing, and what all rooms may use: files by descriptor,
/// names as bytes. Start at [Posix]. Nothing here knows of images, logs or containers.
@NullMarked
package dev.groundhog.pouch.internal.io;

import org.jspecify.annotations.NullMarked;
