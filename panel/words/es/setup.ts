/** What the set-up link's page says. */
export const setupWords = {
  title: 'Crear la primera cuenta',
  lead: 'Con ella administrarás el hub.',
  name: 'Nombre',
  nameHint: 'Con este nombre entrarás y apareces en la auditoría.',
  password: 'Contraseña',
  passwordHint: 'Al menos 12 caracteres. Una frase larga es mejor que una palabra rara.',
  repeat: 'Repite la contraseña',
  different: 'Las dos contraseñas no coinciden.',
  submit: 'Crear la cuenta y entrar',
  noToken: 'Al enlace le falta su parte secreta',
  noTokenHint: 'Ábrelo entero, tal como el hub lo escribió al arrancar: termina en «#» seguido de letras y números.',
  used: 'El enlace ya no vale',
  usedHint: 'Se ha usado o ha caducado. Reinicia el hub para obtener otro, o ejecuta «npx valletpv-hub admin create».',
  toLogin: 'Ir a la página de entrada',
} as const;
