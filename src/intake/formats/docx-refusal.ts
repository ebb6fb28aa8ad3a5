/** Ends the reading of a .docx: the message is one sentence in Chinese for the person who sent the file. */
export class DocxRefusal extends Error {
  override readonly name = 'DocxRefusal';
}
