"""How signals spread through a tissue and cells take fates, apart from any protocol."""
