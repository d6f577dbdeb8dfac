/** Something in a definition that this package cannot show; the page says so in the widget's place. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
}
