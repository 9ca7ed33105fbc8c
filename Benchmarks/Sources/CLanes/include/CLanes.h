// One Newton correction of the fast device path for several devices in lock-step, one device a SIMD lane.
//
// Every number of a device is a lane of a vector: arrays hold `lanes` doubles per entry, entry after entry, aligned to 64 bytes.
// The equations are those of DeviceModel/Memristor+System.swift and PlatinumContact.swift at one fixed temperature and a constant
// permittivity: vacancy flux with its exponentials, Poisson's equation, the areal balances at Pt eliminated into node 0, block
// elimination from both ends, damping to |d psi| <= 3 V_T.
#ifndef CLANES_H
#define CLANES_H

enum lane_constant {
    LANE_CHARGE_NUMBER, LANE_CHARGE, LANE_DIFFUSIVITY, LANE_INVERSE_THERMAL, LANE_THERMAL, LANE_INVERSE_MAXIMUM, LANE_PERMITTIVITY,
    LANE_DONOR_CHARGE, LANE_SHIFT, LANE_VOLTAGE, LANE_PLATINUM_BARRIER, LANE_TITANIUM_BARRIER, LANE_REDOX_POTENTIAL, LANE_COMPACT,
    LANE_FIRST_PLANE, LANE_REDOX_RATE, LANE_REDOX_SYMMETRY, LANE_SITES, LANE_INVERSE_OXYGEN_REFERENCE, LANE_FORWARD_HOP,
    LANE_BACKWARD_HOP, LANE_HOP_LENGTH, LANE_HOP_SYMMETRY, LANE_OXYGEN_LOSS, LANE_OXYGEN_RETURN, LANE_INVERSE_CAPACITY, LANE_FLOOR,
    LANE_INVERSE_TOLERANCE, LANE_CONSTANTS
};

struct lane_devices {
    long nodes;
    /// LANE_CONSTANTS entries.
    const double *constants;
    /// nodes - 1, nodes, nodes - 1 entries: edge lengths, vacancy cells, z a / (2 h).
    const double *edges, *cells, *hops;
    /// 3 + 2 nodes entries each: N_p, N_O, N_s, psi_0, c_0, psi_1, ...
    const double *history;
    double *unknowns;
    /// 14 nodes entries of work space: lower, diagonal, upper (4 each), right-hand side (2).
    double *work;
    /// One entry: size of the correction in tolerances.
    double *norm;
};

void lane_correct_8(struct lane_devices *devices);
void lane_correct_4(struct lane_devices *devices);
/// Its parts: the bulk rows; the block elimination of what stands in `work`.
void lane_assemble_8(struct lane_devices *devices);
void lane_solve_8(struct lane_devices *devices);
#endif
