"""The planes of the reference: every lattice plane, and more of them at Ti."""
import numpy as np


class Grid:
    """Planes x_0 = 0 < ... < x_n = L with their edges, the half-way cells, and the cells of the vacancies.

    The lattice is part of the model (Docs/device-model.md, 1.7): planes stand `a1` apart from Pt on, and the last edge takes
    what is left of the layer. The first plane stores a1, the last one likewise. Edges within 6 nm of Ti are cut into `ti`:
    psi is straight on an edge, and where the permittivity falls with field a fixed charge bends it there by q N h^2 / (8 eps).
    `split` cuts every edge beyond `beyond` (m) into that many: for a look at what the planes away from Pt do to a result.
    """

    def __init__(self, layer, ti=4, split=1, beyond=4e-9):
        a, length = layer.first_plane, layer.thickness
        count = int(np.floor(length / a - 0.5))
        nodes = [a * k for k in range(count + 1)] + [length]
        cut = [0.0]
        for left, right in zip(nodes, nodes[1:]):
            parts = (split if left >= beyond else 1) * (ti if left > length - 6e-9 else 1)
            cut += [left + (right - left) * (k + 1) / parts for k in range(parts)]
        self.nodes = np.array(cut)
        self.edges = np.diff(self.nodes)
        self.cells = np.zeros(len(cut))
        self.cells[:-1] += self.edges / 2
        self.cells[1:] += self.edges / 2
        self.vacancy_cells = self.cells.copy()
        self.vacancy_cells[0] = self.vacancy_cells[-1] = a
