// `oes verify …`: what the operator asks on the command line.

import Base

struct VerifyCommand: Sendable {
    private(set) var asJSON = false
    /// Whether a checkpoint is kept where nothing is wrong.
    private(set) var keepsCheckpoint = false
    private(set) var ignoresCheckpoints = false
    /// nil: in the data folder.
    private(set) var checkpointFolder: String?

    /// `words` are those after `verify`. Throws what is wrong with them, in words.
    init(_ words: ArraySlice<String>) throws(SettingsError) {
        var rest = words
        while let word = rest.popFirst() {
            switch word {
            case "--json": asJSON = true
            case "--checkpoint": keepsCheckpoint = true
            case "--from-beginning": ignoresCheckpoints = true
            case "--checkpoints":
                guard let folder = rest.popFirst(), !folder.isEmpty else {
                    throw SettingsError(description: "--checkpoints needs a folder; try --help")
                }
                checkpointFolder = folder
            default:
                throw SettingsError(
                    description: "'verify' has no argument '\(word)'; try --help")
            }
        }
    }
}
