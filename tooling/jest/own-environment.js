/**
 * Before every test file: what the caller's shell says about his own local plane (its folder, environment, systems, checkout) is no
 * business of a test. Tools and mirrors stay, they only say where programs are found.
 */
for (const name of ['HOME', 'ENV', 'SYSTEMS', 'OFFLINE', 'ROOT', 'STATE', 'BACKEND']) delete process.env[`LAKEWRIGHT_${name}`];
