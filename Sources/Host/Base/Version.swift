// The version that answers, logs and plugins see.

package enum Version {
    package static let text = "0.1.0"
}
