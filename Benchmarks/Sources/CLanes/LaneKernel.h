// The kernel for LANES devices; included once per width. Names end in the width.
#define JOIN2(a, b) a##b
#define JOIN(a, b) JOIN2(a, b)
#define NAME(a) JOIN(a, LANES)
#define V NAME(vector)
#define M NAME(mask)
#define INLINE static inline __attribute__((always_inline))

typedef double V __attribute__((vector_size(8 * LANES)));
typedef long long M __attribute__((vector_size(8 * LANES)));

INLINE V NAME(pick)(M m, V a, V b) { return (V)((m & (M)a) | (~m & (M)b)); }
INLINE V NAME(size)(V a) { return (V)((M)a & 0x7fffffffffffffffll); }
INLINE V NAME(larger)(V a, V b) { return NAME(pick)(a > b, a, b); }
INLINE V NAME(all)(double x) { return (V){0} + x; }

/// The method of CKernels/VectorExp.c.
INLINE V NAME(exponential)(V x) {
    const double shift = 6755399441055744.0;
    x = NAME(pick)(x > 708.0, NAME(all)(708.0), x);
    x = NAME(pick)(x < -708.0, NAME(all)(-708.0), x);
    V t = x * 1.4426950408889634074 + shift;
    V k = t - shift;
    V r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
    V p = NAME(all)(1.6059043836821613e-10);
    p = p * r + 2.0876756987868099e-09;
    p = p * r + 2.5052108385441719e-08;
    p = p * r + 2.7557319223985891e-07;
    p = p * r + 2.7557319223985893e-06;
    p = p * r + 2.4801587301587302e-05;
    p = p * r + 1.9841269841269841e-04;
    p = p * r + 1.3888888888888889e-03;
    p = p * r + 8.3333333333333332e-03;
    p = p * r + 4.1666666666666664e-02;
    p = p * r + 1.6666666666666666e-01;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    return p * (V)(((M)t << 52) + 0x3ff0000000000000ll);
}

/// Goes on as a straight line beyond 250.
INLINE V NAME(bounded)(V x) {
    V e = NAME(exponential)(NAME(pick)(x <= 250.0, x, NAME(all)(250.0)));
    return NAME(pick)(x <= 250.0, e, e * (1.0 + (x - 250.0)));
}

struct NAME(edge) { V flux, left, right, potential; };

INLINE struct NAME(edge) NAME(flux)(V left, V right, V du, V z, V hop, V perLength, V inverseMaximum, V inverseThermal) {
    V u = z * du;
    V s = u * u;
    V reciprocal = 1.0 / (NAME(exponential)(u) - 1.0);
    M near = NAME(size)(u) < 0.05;
    V value = NAME(pick)(near, 1.0 - u * 0.5 + s * (1.0 / 12 - s * (1.0 / 720 - s * (1.0 / 30240))), u * reciprocal);
    V slope = NAME(pick)(near, -0.5 + u * (1.0 / 6 - s * (1.0 / 180 - s * (1.0 / 5040))), reciprocal * (1.0 - value - u));
    V minus = value + u;
    V w = hop * NAME(size)(du);
    V e = NAME(exponential)(w);
    V inverse = 1.0 / e, ws = w * w;
    M small = w < 0.02;
    V inverseW = 1.0 / w;
    V g = NAME(pick)(small, 1.0 + ws * (1.0 / 6 + ws * (1.0 / 120)), (e - inverse) * 0.5 * inverseW);
    V gSlope = NAME(pick)(small, w * (1.0 / 3 + ws * (1.0 / 30)), ((e + inverse) * 0.5 - g) * inverseW);
    V leftRoom = 1.0 - left * inverseMaximum, rightRoom = 1.0 - right * inverseMaximum;
    V driving = left * rightRoom * value - right * leftRoom * minus;
    V scale = perLength * g;
    V bySlope = scale * z * (left * rightRoom * slope - right * leftRoom * (slope + 1.0));
    V byHop = perLength * gSlope * driving * NAME(pick)(du < 0.0, -hop, hop);
    struct NAME(edge) result = {
        scale * driving, scale * (rightRoom * value + right * inverseMaximum * minus),
        -scale * (left * inverseMaximum * value + leftRoom * minus), (bySlope + byHop) * inverseThermal,
    };
    return result;
}

INLINE void NAME(assembly)(struct lane_devices *p) {
    const long n = p->nodes, last = n - 1;
    const V *k = (const V *)p->constants, *h = (const V *)p->edges, *cells = (const V *)p->cells, *hops = (const V *)p->hops;
    const V *u = (const V *)p->unknowns, *old = (const V *)p->history;
    V *lower = (V *)p->work, *d = lower + 4 * n, *upper = d + 4 * n, *b = upper + 4 * n;
    const V z = k[LANE_CHARGE_NUMBER], charge = z * k[LANE_CHARGE], inverseThermal = k[LANE_INVERSE_THERMAL];
    const V inverseMaximum = k[LANE_INVERSE_MAXIMUM], shift = k[LANE_SHIFT], donors = k[LANE_DONOR_CHARGE];
    for (long i = 0; i < n; i++) {
        V cell = cells[i];
        V charged = i == 0 ? h[0] * 0.5 : (i == last ? h[last - 1] * 0.5 : cell);
        b[2 * i] = charge * u[4 + 2 * i] * cell + donors * charged;
        b[2 * i + 1] = -cell * (shift * u[4 + 2 * i] + old[4 + 2 * i]);
        d[4 * i] = NAME(all)(0);
        d[4 * i + 1] = -charge * cell;
        d[4 * i + 2] = NAME(all)(0);
        d[4 * i + 3] = cell * shift;
    }
    for (long i = 0; i < last; i++) {
        const long j = 4 * i, r = j + 4;
        V drop = u[5 + 2 * i] - u[3 + 2 * i];
        V inverseLength = 1.0 / h[i];
        V capacitance = k[LANE_PERMITTIVITY] * inverseLength;
        V displacement = -drop * capacitance;
        b[2 * i] -= displacement;
        b[2 * i + 2] += displacement;
        struct NAME(edge) f = NAME(flux)(
            u[4 + 2 * i], u[6 + 2 * i], drop * inverseThermal, z, hops[i], k[LANE_DIFFUSIVITY] * inverseLength, inverseMaximum,
            inverseThermal);
        b[2 * i + 1] -= f.flux;
        b[2 * i + 3] += f.flux;
        d[j] += capacitance;
        upper[j] = -capacitance;
        upper[j + 1] = NAME(all)(0);
        d[r] += capacitance;
        lower[r] = -capacitance;
        lower[r + 1] = NAME(all)(0);
        d[j + 2] -= f.potential;
        d[j + 3] += f.left;
        upper[j + 2] = f.potential;
        upper[j + 3] = f.right;
        lower[r + 2] = f.potential;
        lower[r + 3] = -f.left;
        d[r + 2] -= f.potential;
        d[r + 3] -= f.right;
    }
    lower[4 * last] = lower[4 * last + 1] = NAME(all)(0);
    d[4 * last] = NAME(all)(1);
    d[4 * last + 1] = NAME(all)(0);
    b[2 * last] = -k[LANE_TITANIUM_BARRIER] - u[3 + 2 * last];
}

struct NAME(areal) { V s0, sPsi, sC, o0, oS, oPsi, oC, p0, pO; };

INLINE struct NAME(areal) NAME(contact)(struct lane_devices *p) {
    const long n = p->nodes;
    const V *k = (const V *)p->constants, *u = (const V *)p->unknowns, *old = (const V *)p->history;
    V *d = (V *)p->work + 4 * n, *b = (V *)p->work + 12 * n;
    V stored = u[0], oxygen = u[1], plane = u[2], potential = u[3], density = u[4];
    V z = k[LANE_CHARGE_NUMBER], charge = z * k[LANE_CHARGE], inverseThermal = k[LANE_INVERSE_THERMAL], shift = k[LANE_SHIFT];
    V drop = k[LANE_VOLTAGE] - k[LANE_PLATINUM_BARRIER] - potential;
    V x = z * (drop - k[LANE_REDOX_POTENTIAL]) * inverseThermal, alpha = k[LANE_REDOX_SYMMETRY];
    V forward = k[LANE_REDOX_RATE] * NAME(bounded)(alpha * x);
    V backward = k[LANE_REDOX_RATE] * NAME(bounded)((alpha - 1.0) * x) * k[LANE_INVERSE_OXYGEN_REFERENCE];
    V gain = (k[LANE_SITES] - plane) * forward, loss = plane * oxygen * backward;
    V r1 = gain - loss, r1S = -forward - oxygen * backward, r1O = -plane * backward;
    V r1Psi = -(alpha * gain + (1.0 - alpha) * loss) * z * inverseThermal;

    V perDisplacement = 1.0 / k[LANE_PERMITTIVITY];
    V field = (k[LANE_COMPACT] * drop + charge * (plane + k[LANE_FIRST_PLANE] * density)) * perDisplacement;
    V perField = z * k[LANE_HOP_LENGTH] * inverseThermal, beta = k[LANE_HOP_SYMMETRY], w = perField * field;
    V out1 = k[LANE_FORWARD_HOP] * NAME(bounded)(beta * w), back1 = k[LANE_BACKWARD_HOP] * NAME(bounded)((beta - 1.0) * w);
    V room = 1.0 - density * k[LANE_INVERSE_MAXIMUM], free = 1.0 - plane / k[LANE_SITES];
    V out = out1 * plane * room, back = back1 * density * free;
    V r2 = out - back, byField = (beta * out + (1.0 - beta) * back) * perField * perDisplacement;
    V r2S = out1 * room + back1 * density / k[LANE_SITES] + byField * charge;
    V r2Psi = -byField * k[LANE_COMPACT];
    V r2C = -out1 * plane * k[LANE_INVERSE_MAXIMUM] - back1 * free + byField * charge * k[LANE_FIRST_PLANE];

    V rest = 1.0 - stored * k[LANE_INVERSE_CAPACITY], escape = k[LANE_OXYGEN_LOSS] * oxygen * oxygen;
    V rp = escape * rest - k[LANE_OXYGEN_RETURN] * stored;
    V rpO = 2.0 * k[LANE_OXYGEN_LOSS] * oxygen * rest, rpP = -escape * k[LANE_INVERSE_CAPACITY] - k[LANE_OXYGEN_RETURN];

    struct NAME(areal) a;
    V pp = shift - rpP;
    a.p0 = -(shift * stored + old[0] - rp) / pp;
    a.pO = rpO / pp;
    V oGap = shift * oxygen + old[1] - r1 + rp + rpP * a.p0;
    V oo = shift - r1O + rpO + rpP * a.pO;
    V partner = shift * (1.0 + a.pO);
    V balance = shift * (plane - oxygen - stored) + old[2] - old[1] - old[0] - shift * a.p0;
    V sGap = balance + partner * oGap / oo;
    V slow = shift - partner * r1S / oo, byRedox = partner * r1Psi / oo;
    V ss = slow + r2S, share = slow / ss, hop = r2S / ss;
    a.s0 = -(sGap + r2) / ss;
    a.sPsi = (byRedox - r2Psi) / ss;
    a.sC = -r2C / ss;
    M fixed = -partner * r1S > oo * (shift + r2S);
    a.o0 = NAME(pick)(fixed, (balance + r2) / partner, -oGap / oo);
    a.oS = NAME(pick)(fixed, (shift + r2S) / partner, r1S / oo);
    a.oPsi = NAME(pick)(fixed, r2Psi / partner, r1Psi / oo);
    a.oC = NAME(pick)(fixed, r2C / partner, NAME(all)(0));
    b[0] += k[LANE_COMPACT] * drop + charge * (plane + a.s0);
    b[1] += r2 * share - hop * sGap;
    d[0] += k[LANE_COMPACT] - charge * a.sPsi;
    d[1] -= charge * a.sC;
    d[2] -= r2Psi * share + hop * byRedox;
    d[3] -= r2C * share;
    return a;
}

INLINE void NAME(reduce)(const V *d, V *b, const V *back, V *ahead, long i, long from) {
    V d00 = d[4 * i], d01 = d[4 * i + 1], d10 = d[4 * i + 2], d11 = d[4 * i + 3], b0 = b[2 * i], b1 = b[2 * i + 1];
    if (from >= 0) {
        const V *l = back + 4 * i, *g = ahead + 4 * from, *y = b + 2 * from;
        d00 -= l[0] * g[0] + l[1] * g[2];
        d01 -= l[0] * g[1] + l[1] * g[3];
        d10 -= l[2] * g[0] + l[3] * g[2];
        d11 -= l[2] * g[1] + l[3] * g[3];
        b0 -= l[0] * y[0] + l[1] * y[1];
        b1 -= l[2] * y[0] + l[3] * y[1];
    }
    V inverse = 1.0 / (d00 * d11 - d01 * d10);
    V i00 = d11 * inverse, i01 = -d01 * inverse, i10 = -d10 * inverse, i11 = d00 * inverse;
    V *v = ahead + 4 * i;
    V v00 = v[0], v01 = v[1], v10 = v[2], v11 = v[3];
    v[0] = i00 * v00 + i01 * v10;
    v[1] = i00 * v01 + i01 * v11;
    v[2] = i10 * v00 + i11 * v10;
    v[3] = i10 * v01 + i11 * v11;
    b[2 * i] = i00 * b0 + i01 * b1;
    b[2 * i + 1] = i10 * b0 + i11 * b1;
}

INLINE void NAME(substitute)(V *b, const V *gain, long i, long from) {
    const V *g = gain + 4 * i;
    V x0 = b[2 * from], x1 = b[2 * from + 1];
    b[2 * i] -= g[0] * x0 + g[1] * x1;
    b[2 * i + 1] -= g[2] * x0 + g[3] * x1;
}

INLINE void NAME(elimination)(struct lane_devices *p) {
    const long n = p->nodes, last = n - 1, middle = n / 2;
    V *lower = (V *)p->work, *d = lower + 4 * n, *upper = d + 4 * n, *b = upper + 4 * n;
    NAME(reduce)(d, b, upper, lower, last, -1);
    NAME(reduce)(d, b, lower, upper, 0, -1);
    long i = 1, j = last - 1;
    for (; i < middle && j > middle; i++, j--) {
        NAME(reduce)(d, b, lower, upper, i, i - 1);
        NAME(reduce)(d, b, upper, lower, j, j + 1);
    }
    for (; i < middle; i++) NAME(reduce)(d, b, lower, upper, i, i - 1);
    for (; j > middle; j--) NAME(reduce)(d, b, upper, lower, j, j + 1);
    V *m = d + 4 * middle;
    const V *q = upper + 4 * middle, *f = lower + 4 * (middle + 1), *y = b + 2 * (middle + 1);
    m[0] -= q[0] * f[0] + q[1] * f[2];
    m[1] -= q[0] * f[1] + q[1] * f[3];
    m[2] -= q[2] * f[0] + q[3] * f[2];
    m[3] -= q[2] * f[1] + q[3] * f[3];
    b[2 * middle] -= q[0] * y[0] + q[1] * y[1];
    b[2 * middle + 1] -= q[2] * y[0] + q[3] * y[1];
    NAME(reduce)(d, b, lower, upper, middle, middle - 1);
    for (i = middle - 1, j = middle + 1; i >= 0 && j <= last; i--, j++) {
        NAME(substitute)(b, upper, i, i + 1);
        NAME(substitute)(b, lower, j, j - 1);
    }
    for (; i >= 0; i--) NAME(substitute)(b, upper, i, i + 1);
    for (; j <= last; j++) NAME(substitute)(b, lower, j, j - 1);
}

INLINE void NAME(application)(struct lane_devices *p, struct NAME(areal) a) {
    const long n = p->nodes;
    const V *k = (const V *)p->constants, *cells = (const V *)p->cells, *b = (const V *)p->work + 12 * n;
    V *u = (V *)p->unknowns;
    V largest = NAME(all)(0), lattice = NAME(all)(0), moved = NAME(all)(0);
    for (long i = 0; i < n; i++) largest = NAME(larger)(largest, NAME(size)(b[2 * i]));
    V limit = 3.0 * k[LANE_THERMAL];
    V scale = NAME(pick)(largest > limit, limit / largest, NAME(all)(1));
    V plane = a.s0 + a.sPsi * b[0] + a.sC * b[1];
    V oxygen = a.o0 + a.oS * plane + a.oPsi * b[0] + a.oC * b[1];
    V stored = a.p0 + a.pO * oxygen;
    for (long i = 0; i < n; i++) {
        V step = scale * b[2 * i + 1];
        u[3 + 2 * i] += scale * b[2 * i];
        u[4 + 2 * i] += step;
        lattice += NAME(size)(u[4 + 2 * i]) * cells[i];
        moved += NAME(size)(step) * cells[i];
    }
    u[0] += scale * stored;
    u[1] += scale * oxygen;
    u[2] += scale * plane;
    V floor = k[LANE_FLOOR];
    V norm = NAME(larger)(largest * k[LANE_INVERSE_THERMAL], moved / (lattice + floor));
    norm = NAME(larger)(norm, NAME(size)(stored) / (NAME(size)(u[0]) + floor));
    norm = NAME(larger)(norm, NAME(size)(oxygen) / (NAME(size)(u[1]) + floor));
    norm = NAME(larger)(norm, NAME(size)(plane) / (NAME(size)(u[2]) + floor));
    *(V *)p->norm = norm * k[LANE_INVERSE_TOLERANCE];
}

CLONES void NAME(lane_correct_)(struct lane_devices *p) {
    NAME(assembly)(p);
    struct NAME(areal) a = NAME(contact)(p);
    NAME(elimination)(p);
    NAME(application)(p, a);
}

CLONES void NAME(lane_assemble_)(struct lane_devices *p) { NAME(assembly)(p); }
CLONES void NAME(lane_solve_)(struct lane_devices *p) { NAME(elimination)(p); }

#undef V
#undef M
#undef NAME
#undef INLINE
#undef JOIN
#undef JOIN2
