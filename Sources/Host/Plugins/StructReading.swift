// Structs of plugins, which may be older or newer than ours: a field is read only where struct_size
// covers it, and one that isn't covered reads as zero.

import COESPlugin

/// A struct of the interface that begins with struct_size and grows at its end.
protocol Growing {
    init()
    /// Its size in the first version that had it: what every plugin's covers.
    static var firstSize: Int { get }
}

extension oes_instruction_t: Growing { static let firstSize = 40 }
extension oes_place_t: Growing { static let firstSize = 40 }
extension oes_terms_t: Growing { static let firstSize = 16 }
extension oes_reject_t: Growing { static let firstSize = 72 }
extension oes_guard_t: Growing { static let firstSize = 40 }
extension oes_measure_t: Growing { static let firstSize = 48 }
extension oes_alert_t: Growing { static let firstSize = 96 }
extension oes_action_t: Growing { static let firstSize = 56 }
extension oes_container_t: Growing { static let firstSize = 32 }
extension oes_state_t: Growing { static let firstSize = 24 }
extension oes_arm_t: Growing { static let firstSize = 16 }
extension oes_cancel_t: Growing { static let firstSize = 24 }
extension oes_amend_t: Growing { static let firstSize = 40 }
extension oes_done_t: Growing { static let firstSize = 24 }
extension oes_order_type_t: Growing { static let firstSize = 32 }
extension oes_time_in_force_t: Growing { static let firstSize = 32 }
extension oes_risk_rule_t: Growing { static let firstSize = 32 }
extension oes_notifier_t: Growing { static let firstSize = 48 }

/// A struct above this isn't a newer version but a wrong number: our largest has 176 bytes.
let largestStruct: UInt32 = 4_096

/// A copy of the struct, or nil where there is none or its size is wrong.
func readStruct<Struct: Growing>(_ pointer: UnsafePointer<Struct>?) -> Struct? {
    guard let pointer else { return nil }
    let raw = UnsafeRawPointer(pointer)
    let size = raw.load(as: UInt32.self)
    guard size >= Struct.firstSize, size <= largestStruct else { return nil }
    var copy = Struct()
    // Sizes are multiples of 8; of another one the last, torn field isn't believed.
    let covered = min(Int(size) & ~7, MemoryLayout<Struct>.size)
    withUnsafeMutableBytes(of: &copy) {
        $0.copyMemory(from: UnsafeRawBufferPointer(start: raw, count: covered))
    }
    return copy
}
