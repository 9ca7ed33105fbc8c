// STO-1D with IDA of SUNDIALS: the pulse train with error control; prints one JSON object. Called by compare_with_sundials.py.
//
// Problem, grid and start: Tests/DeviceModelTests/Fixtures/sto-1d. Unknowns a node, interleaved: psi / V_T (algebraic: Poisson), n / c0
// and c / c0 (differential), so that the matrix is a band of 5 + 1 + 5: a differential-algebraic system of index 1, for which IDA is
// made (CVODE would need psi eliminated, which fills the matrix). Analytic Jacobian, IDA's modified Newton and its band solver. At a
// jump of the voltage psi and n are solved for at fixed c, dF_n/dx = 0, as the coupled path does.
//
//   cc -O3 -march=native sundials_peer.c -o sundials_peer -lsundials_ida -lsundials_nvecserial -lm    (Debian: libsundials-dev)
//   sundials_peer profile_eq.csv TOLERANCE REPEATS
#include <ida/ida.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sundials/sundials_config.h>
#include <sunlinsol/sunlinsol_band.h>
#include <sunmatrix/sunmatrix_band.h>
#include <time.h>

enum { NODES = 201, UNKNOWNS = 3 * NODES, BAND = 5, SEGMENTS = 21 };
static const double Q = 1.602176634e-19, KB = 1.380649e-23, EPS0 = 8.8541878128e-12, T = 300;
static const double EPS_R = 100, NC = 1e26, MU_N = 1e-4, PHI_L = 0.8, PHI_R = 0.1, V_R = 6750, C0 = 1e25, D_V = 1e-14;

typedef struct {
    double x[NODES], h[NODES - 1], cell[NODES];
    double vt, lambda2;  // eps V_T / (q c0), m2
    double left;         // potential of the left contact over V_T
    double tolerance, mean;
} Problem;

static void check(int flag, const char *what) {
    if (flag < 0) {
        fprintf(stderr, "sundials_peer: %s failed with %d\n", what, flag);
        exit(1);
    }
}

// B(u) = u / (e^u - 1) and its derivative.
static inline double bernoulli(double u, double *slope) {
    if (fabs(u) < 1e-3) {
        *slope = -0.5 + u * (1.0 / 6 - u * u / 180);
        return 1 - u * (0.5 - u * (1.0 / 12 - u * u / 720));
    }
    double b = u / expm1(u);
    *slope = b * (1 - b - u) / u;
    return b;
}

static inline double *element(SUNMatrix m, int row, int column) {
    return &SM_COLUMN_ELEMENT_B(SUNBandMatrix_Column(m, column), row, column);
}

// Right-hand sides: Poisson's residual; electrons and vacancies that flow into the cell, c0 m/s. `jacobian` may be NULL.
static void rows(const Problem *p, const double *y, double *f, SUNMatrix jacobian) {
    for (int i = 0; i < NODES; i++) {
        f[3 * i] = p->cell[i] * (y[3 * i + 2] - y[3 * i + 1]);
        f[3 * i + 1] = f[3 * i + 2] = 0;
    }
    if (jacobian) {
        for (int i = 0; i < NODES; i++) {
            *element(jacobian, 3 * i, 3 * i + 1) += -p->cell[i];
            *element(jacobian, 3 * i, 3 * i + 2) += p->cell[i];
        }
    }
    for (int i = 0; i + 1 < NODES; i++) {
        int l = 3 * i, r = l + 3;
        double du = y[r] - y[l], slope, b = bernoulli(du, &slope), up = b + du;
        double displacement = p->lambda2 / p->h[i] * du;
        double dn = MU_N * p->vt / p->h[i], dv = D_V / p->h[i];
        double electrons = dn * (y[l + 1] * up - y[r + 1] * b);
        double vacancies = dv * (y[l + 2] * b - y[r + 2] * up);
        f[l] += displacement;
        f[r] -= displacement;
        f[l + 1] -= electrons;
        f[r + 1] += electrons;
        f[l + 2] -= vacancies;
        f[r + 2] += vacancies;
        if (!jacobian) continue;
        double k = p->lambda2 / p->h[i];
        double electronsByPsi = dn * (y[l + 1] * (slope + 1) - y[r + 1] * slope);
        double vacanciesByPsi = dv * (y[l + 2] * slope - y[r + 2] * (slope + 1));
        for (int side = 0; side < 2; side++) {
            int row = side ? r : l;
            double sign = side ? 1 : -1;
            *element(jacobian, row, l) += sign * k;
            *element(jacobian, row, r) += -sign * k;
            *element(jacobian, row + 1, l) += -sign * electronsByPsi;
            *element(jacobian, row + 1, r) += sign * electronsByPsi;
            *element(jacobian, row + 1, l + 1) += sign * dn * up;
            *element(jacobian, row + 1, r + 1) += -sign * dn * b;
            *element(jacobian, row + 2, l) += -sign * vacanciesByPsi;
            *element(jacobian, row + 2, r) += sign * vacanciesByPsi;
            *element(jacobian, row + 2, l + 2) += sign * dv * b;
            *element(jacobian, row + 2, r + 2) += -sign * dv * up;
        }
    }
    for (int end = 0; end < 2; end++) {
        int k = end ? UNKNOWNS - 3 : 0, neighbour = end ? k - 3 : k + 3;
        double rest = NC / C0 * exp(-(end ? PHI_R : PHI_L) / p->vt);
        f[k] = y[k] - (end ? -PHI_R / p->vt : p->left);
        f[k + 1] -= V_R * (y[k + 1] - rest);
        if (jacobian) {
            *element(jacobian, k, k) = 1;
            *element(jacobian, k, k + 1) = 0;
            *element(jacobian, k, k + 2) = 0;
            *element(jacobian, k, neighbour) = 0;
            *element(jacobian, k + 1, k + 1) += -V_R;
        }
    }
}

static int residual(double t, N_Vector y, N_Vector yp, N_Vector r, void *data) {
    const Problem *p = data;
    const double *d = N_VGetArrayPointer(yp);
    double *f = N_VGetArrayPointer(r);
    rows(p, N_VGetArrayPointer(y), f, NULL);
    for (int i = 0; i < NODES; i++) {
        f[3 * i + 1] -= p->cell[i] * d[3 * i + 1];
        f[3 * i + 2] -= p->cell[i] * d[3 * i + 2];
    }
    return 0;
}

static int jacobian(
    double t, double shift, N_Vector y, N_Vector yp, N_Vector r, SUNMatrix m, void *data, N_Vector a, N_Vector b, N_Vector c
) {
    const Problem *p = data;
    SUNMatZero(m);
    rows(p, N_VGetArrayPointer(y), N_VGetArrayPointer(a), m);
    for (int i = 0; i < NODES; i++) {
        *element(m, 3 * i + 1, 3 * i + 1) -= shift * p->cell[i];
        *element(m, 3 * i + 2, 3 * i + 2) -= shift * p->cell[i];
    }
    return 0;
}

// The tolerance of the coupled path, node by node: psi to V_T, densities to their own size plus the layer's mean.
static int weights(N_Vector y, N_Vector w, void *data) {
    const Problem *p = data;
    const double *u = N_VGetArrayPointer(y);
    double *out = N_VGetArrayPointer(w), electrons = 0, length = 0;
    for (int i = 0; i < NODES; i++) {
        electrons += u[3 * i + 1] * p->cell[i];
        length += p->cell[i];
    }
    electrons /= length;
    for (int i = 0; i < NODES; i++) {
        out[3 * i] = 1 / p->tolerance;
        out[3 * i + 1] = 1 / (p->tolerance * (fabs(u[3 * i + 1]) + electrons));
        out[3 * i + 2] = 1 / (p->tolerance * (fabs(u[3 * i + 2]) + 1));
    }
    return 0;
}

// psi and n at fixed c and dF_n/dx = 0 after the left contact moved by `step` (over V_T): Newton with damping.
static void jump(Problem *p, double *y, double step, SUNMatrix m, SUNLinearSolver solver, N_Vector f, N_Vector s) {
    p->left += step;
    for (int i = 0; i < NODES; i++) y[3 * i] += step * (1 - p->x[i] / p->x[NODES - 1]);
    double *b = N_VGetArrayPointer(f), *change = N_VGetArrayPointer(s);
    for (int k = 0; k < 200; k++) {
        SUNMatZero(m);
        rows(p, y, b, m);
        for (int i = 0; i < NODES; i++) {  // c stays: its rows become the identity
            int row = 3 * i + 2;
            for (int column = row - BAND > 0 ? row - BAND : 0; column <= row + BAND && column < UNKNOWNS; column++)
                *element(m, row, column) = column == row;
            b[row] = 0;
        }
        for (int i = 0; i < UNKNOWNS; i++) b[i] = -b[i];
        check(SUNLinSolSetup(solver, m), "the factorisation at a jump");
        check(SUNLinSolSolve(solver, m, s, f, 0), "the solution at a jump");
        double largest = 0;
        for (int i = 0; i < NODES; i++) largest = fmax(largest, fabs(change[3 * i]));
        double share = largest > 3 ? 3 / largest : 1;
        for (int i = 0; i < UNKNOWNS; i++) y[i] += share * change[i];
        // The first pass moves n far while psi stays; the second sees both.
        if (k > 0 && largest < 1e-9) return;
    }
    check(-1, "Newton's method at a jump");
}

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

static int ascending(const void *a, const void *b) { return (*(double *)a > *(double *)b) - (*(double *)a < *(double *)b); }

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "usage: sundials_peer profile_eq.csv TOLERANCE REPEATS\n");
        return 2;
    }
    static Problem p;
    static double start[UNKNOWNS];
    p.vt = KB * T / Q;
    p.lambda2 = EPS0 * EPS_R * p.vt / (Q * C0);
    p.tolerance = atof(arguments[2]);
    int repeats = atoi(arguments[3]);
    FILE *file = fopen(arguments[1], "r");
    char line[400];
    if (!file || !fgets(line, sizeof line, file)) check(-1, "reading the profile");
    for (int i = 0; i < NODES; i++) {
        double psi, n, c;
        if (!fgets(line, sizeof line, file) || sscanf(line, "%lf,%lf,%lf,%lf", &p.x[i], &psi, &n, &c) != 4) check(-1, "reading the profile");
        start[3 * i] = psi / p.vt;
        start[3 * i + 1] = n / C0;
        start[3 * i + 2] = c / C0;
    }
    fclose(file);
    for (int i = 0; i + 1 < NODES; i++) {
        p.h[i] = p.x[i + 1] - p.x[i];
        p.cell[i] += p.h[i] / 2;
        p.cell[i + 1] += p.h[i] / 2;
    }
    SUNContext context;
    check(SUNContext_Create(NULL, &context), "the context");
    N_Vector y = N_VNew_Serial(UNKNOWNS, context), yp = N_VClone(y), id = N_VClone(y), work = N_VClone(y), more = N_VClone(y);
    SUNMatrix matrix = SUNBandMatrix(UNKNOWNS, BAND, BAND, context), own = SUNBandMatrix(UNKNOWNS, BAND, BAND, context);
    SUNLinearSolver solver = SUNLinSol_Band(y, matrix, context), ownSolver = SUNLinSol_Band(y, own, context);
    double *u = N_VGetArrayPointer(y), *d = N_VGetArrayPointer(yp), *differential = N_VGetArrayPointer(id);
    for (int i = 0; i < UNKNOWNS; i++) differential[i] = i % 3 != 0;
    N_VConst(0, yp);
    memcpy(u, start, sizeof start);
    void *ida = IDACreate(context);
    check(IDAInit(ida, residual, 0, y, yp), "IDAInit");
    check(IDAWFtolerances(ida, weights), "IDAWFtolerances");
    check(IDASetUserData(ida, &p), "IDASetUserData");
    check(IDASetLinearSolver(ida, solver, matrix), "IDASetLinearSolver");
    check(IDASetJacFn(ida, jacobian), "IDASetJacFn");
    check(IDASetId(ida, id), "IDASetId");
    check(IDASetMaxNumSteps(ida, 1000000), "IDASetMaxNumSteps");
    double *times = malloc(sizeof(double) * (repeats + 1)), left[SEGMENTS];
    long steps = 0, newton = 0, jacobians = 0, failures = 0;
    for (int run = 0; run <= repeats; run++) {  // the first one warms up
        memcpy(u, start, sizeof start);
        p.left = -PHI_L / p.vt;
        steps = newton = jacobians = failures = 0;
        double begin = seconds(), voltage = 0;
        for (int k = 0; k < SEGMENTS; k++) {
            double next = k == SEGMENTS - 1 ? 0.1 : k % 2 ? 0 : -2, duration = k == SEGMENTS - 1 ? 10 : k % 2 ? 9e-4 : 1e-4, t;
            jump(&p, u, (next - voltage) / p.vt, own, ownSolver, work, more);
            voltage = next;
            rows(&p, u, d, NULL);
            for (int i = 0; i < NODES; i++) {
                d[3 * i] = 0;
                d[3 * i + 1] /= p.cell[i];
                d[3 * i + 2] /= p.cell[i];
            }
            check(IDAReInit(ida, 0, y, yp), "IDAReInit");
            check(IDASetInitStep(ida, 1e-10), "IDASetInitStep");
            check(IDASetStopTime(ida, duration), "IDASetStopTime");
            check(IDASolve(ida, duration, &t, y, yp, IDA_NORMAL), "IDASolve");
            left[k] = u[2] * C0;
            long a, b, c, e, g;
            check(IDAGetNumSteps(ida, &a), "IDAGetNumSteps");
            check(IDAGetNumNonlinSolvIters(ida, &b), "IDAGetNumNonlinSolvIters");
            check(IDAGetNumJacEvals(ida, &c), "IDAGetNumJacEvals");
            check(IDAGetNumErrTestFails(ida, &e), "IDAGetNumErrTestFails");
            check(IDAGetNumNonlinSolvConvFails(ida, &g), "IDAGetNumNonlinSolvConvFails");
            steps += a;
            newton += b;
            jacobians += c;
            failures += e + g;
        }
        times[run] = seconds() - begin;
    }
    qsort(times + 1, repeats, sizeof(double), ascending);
    printf("{\"version\": \"%s\", \"tolerance\": %g, \"steps\": %ld, \"newton\": %ld, \"jacobians\": %ld, \"failures\": %ld, "
           "\"best_s\": %.5g, \"median_s\": %.5g, \"left\": [", SUNDIALS_VERSION, p.tolerance, steps, newton, jacobians, failures,
           times[1], times[1 + repeats / 2]);
    for (int k = 0; k < SEGMENTS; k++) printf("%s%.12g", k ? ", " : "", left[k]);
    printf("]}\n");
    return 0;
}
