/// Images: read from archives that nobody vouches for, unpacked into folders for overlayfs, kept.
///
/// Start at [ImageStore]. [TarReader] reads tar; [ImageArchive] finds the parts of a saved image in
/// one, which [DockerArchive] and [OciLayout] understand; [LayerFolder] unpacks a layer without
/// ever following a symbolic link, by way of [dev.groundhog.pouch.internal.io.Posix]. What an
/// archive may ask for is in [Limits], and who asks for more gets an [ArchiveException]. Nothing
/// here knows of HTTP or of containers.
@NullMarked
package dev.groundhog.pouch.internal.image;

import org.jspecify.annotations.NullMarked;
