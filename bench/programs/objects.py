"""Classes, inheritance, method calls, super(): particles in a box."""


class Particle:
    def __init__(self, x, y, vx, vy):
        self.x, self.y, self.vx, self.vy = x, y, vx, vy

    def step(self, dt):
        self.x += self.vx * dt
        self.y += self.vy * dt

    def energy(self):
        return 0.5 * self.mass() * (self.vx * self.vx + self.vy * self.vy)

    def mass(self):
        return 1.0


class Heavy(Particle):
    def __init__(self, x, y, vx, vy, weight):
        super().__init__(x, y, vx, vy)
        self.weight = weight

    def mass(self):
        return self.weight


class Charged(Heavy):
    def step(self, dt):
        self.vx -= 0.01 * self.x
        super().step(dt)


class Box:
    def __init__(self, size):
        self.size = size
        self.particles = []

    def add(self, particle):
        self.particles.append(particle)

    def run(self, steps):
        for _ in range(steps):
            for p in self.particles:
                p.step(0.01)
                if not 0 <= p.x <= self.size:
                    p.vx = -p.vx
                if not 0 <= p.y <= self.size:
                    p.vy = -p.vy
        return sum(p.energy() for p in self.particles)


box = Box(10.0)
for i in range(40):
    box.add(Particle(i % 7, i % 5, i * 0.1, 1))
    box.add(Heavy(i % 5, i % 7, 1, i * 0.1, 2.5))
    box.add(Charged(i % 3, i % 9, 0.5, 0.25, 1 + i))
print(f"{box.run(8000):.9f}")
