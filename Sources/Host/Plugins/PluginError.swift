// Why the host doesn't start with the plugins it was given.

/// One sentence that names the file, then the symbol or field, what was expected and what was
/// found, so that an operator needs no other source.
package struct PluginError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
