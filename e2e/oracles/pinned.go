// Package oracles pins the versions of other people's parsers. goleak's own parser is internal to
// its module: what is in _goleak is added to a copy of that module, which is built where it lies.
package oracles

import _ "go.uber.org/goleak"
