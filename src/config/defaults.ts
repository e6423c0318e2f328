/**
 * Sections whose defaults a command changes.
 *
 * @module
 */
import type { z } from "zod";

/**
 * A section with other defaults for some of its settings. They hold setting by setting: whoever gives one keeps the
 * others, which a default of the section as a whole would drop.
 *
 * @param section A section all of whose settings have defaults.
 * @param values Settings and their defaults.
 * @throws {TypeError} If a setting is not there or has no default.
 */
export function withDefaults<Shape extends z.ZodRawShape>(
  section: z.ZodObject<Shape, z.core.$strict>,
  values: { readonly [Name in keyof Shape]?: z.output<Shape[Name]> },
): typeof section {
  const changed = Object.entries(values).map(([name, value]) => {
    const setting = section.shape[name] as z.ZodType | undefined;
    if (setting?.type !== "default") throw new TypeError(`Cannot default ${name}: it has none`);
    const bare = (setting as z.ZodDefault<z.ZodType>).unwrap();
    return [name, bare.default(value).describe(setting.description ?? "")];
  });
  return section.safeExtend(Object.fromEntries(changed)) as unknown as typeof section;
}
