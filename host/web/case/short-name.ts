/** Of a file of a case: all begin with the project's name, what comes after it tells them apart. */
export function shortName(name: string, project: string | null): string {
  return project !== null && name.startsWith(`${project}-`) ? name.slice(project.length + 1) : name
}
